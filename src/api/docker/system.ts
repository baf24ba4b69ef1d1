/** `/_ping`, `/version` of the Docker Engine API (and libpod's ping). */
import type { Engine } from "../../contract/index.ts";
import { dockerApiVersion, dockerMinApiVersion } from "../../contract/version.ts";
import type { VersionReport } from "../../contract/system/version.ts";
import type { ApiRoute, Handler } from "../router.ts";

export function systemRoutes(engine: Engine): ApiRoute[] {
  return [
    ...["/_ping", "/libpod/_ping"].flatMap((path) => [{ method: "GET", path, handle: ping }, { method: "HEAD", path, handle: ping }]),
    { method: "GET", path: "/version", handle: async (_request, reply) => reply.json(toDockerVersion(await engine.system.version({}))) },
  ];
}

const ping: Handler = async (_request, reply) => reply.text("OK");

/** Docker's shape around Podman's facts. */
export function toDockerVersion(report: VersionReport): Readonly<Record<string, unknown>> {
  const details = { APIVersion: dockerApiVersion, Arch: report.OsArch.split("/")[1], BuildTime: report.BuiltTime, Experimental: "false", GitCommit: report.GitCommit, GoVersion: report.GoVersion, MinAPIVersion: dockerMinApiVersion, Os: report.Os };
  return {
    Platform: { Name: `linux/${details.Arch}` },
    Components: [{ Name: "Podman Engine", Version: report.Version, Details: details }],
    Version: report.Version, ApiVersion: dockerApiVersion, MinAPIVersion: dockerMinApiVersion, GitCommit: report.GitCommit,
    GoVersion: report.GoVersion, Os: report.Os, Arch: details.Arch, BuildTime: report.BuiltTime,
  };
}
