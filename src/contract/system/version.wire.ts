/** The version on the wire has Docker's shape, with Podman's facts in the details of its first component. Pure. */
import { dockerApiVersion, dockerMinApiVersion, libpodMinApiVersion } from "../version.ts";
import type { VersionReport } from "./version.ts";

interface WireDetails { readonly APIVersion?: string; readonly GitCommit?: string; readonly GoVersion?: string; readonly BuildTime?: string; readonly Arch?: string; readonly Os?: string }
export interface WireVersion {
  readonly Platform?: { readonly Name: string };
  readonly Components?: readonly { readonly Name: string; readonly Version: string; readonly Details?: WireDetails & Readonly<Record<string, string | undefined>> }[] | null;
  readonly Version: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly GitCommit?: string;
  readonly GoVersion?: string;
  readonly Os?: string;
  readonly Arch?: string;
  readonly BuildTime?: string;
}

const componentName = "Podman Engine";

export function versionToWire(report: VersionReport): WireVersion {
  const [, arch = ""] = report.OsArch.split("/");
  const buildTime = new Date(report.Built * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const common = { GitCommit: report.GitCommit, GoVersion: report.GoVersion, Os: report.Os, Arch: arch, BuildTime: buildTime };
  return {
    Platform: { Name: report.OsArch },
    Components: [{ Name: componentName, Version: report.Version, Details: { ...common, APIVersion: report.APIVersion, Experimental: "false", MinAPIVersion: libpodMinApiVersion } }],
    Version: report.Version, ApiVersion: dockerApiVersion, MinAPIVersion: dockerMinApiVersion, ...common,
  };
}

export function versionFromWire(wire: WireVersion): VersionReport {
  const details = wire.Components?.find(({ Name }) => Name === componentName)?.Details ?? {};
  const built = Math.floor(Date.parse(details.BuildTime ?? wire.BuildTime ?? "") / 1000);
  const os = details.Os ?? wire.Os ?? "linux";
  return {
    APIVersion: details.APIVersion ?? wire.ApiVersion ?? "", Version: wire.Version, GoVersion: details.GoVersion ?? wire.GoVersion ?? "", GitCommit: details.GitCommit ?? wire.GitCommit ?? "",
    BuiltTime: Number.isNaN(built) ? "" : goAnsiTime(built), Built: Number.isNaN(built) ? 0 : built, OsArch: `${os}/${details.Arch ?? wire.Arch ?? ""}`, Os: os,
  };
}

/** Go's time.ANSIC, in the zone of this machine: `Mon Oct 12 00:19:24 2026`. */
export function goAnsiTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const [day = "", month = "", , year = "", time = ""] = date.toString().split(" ");
  return `${day} ${month} ${String(date.getDate()).padStart(2, " ")} ${time} ${year}`;
}
