import { versionFromWire, versionToWire } from "./version.wire.ts";
import { defineOperation, output } from "../kit.ts";

/** What `podman version --format json` shows of one side, with Podman's field names. */
export interface VersionReport {
  readonly APIVersion: string;
  readonly Version: string;
  readonly GoVersion: string;
  readonly GitCommit: string;
  readonly BuiltTime: string;
  readonly Built: number;
  readonly BuildOrigin?: string;
  readonly OsArch: string;
  readonly Os: string;
}

export const version = defineOperation({
  name: "system.version",
  summary: "Show the version of the engine",
  input: {},
  output: output<VersionReport>(),
  kind: "value",
  libpod: { method: "GET", path: "/version", outputCodec: { toWire: versionToWire, fromWire: versionFromWire } },
});
