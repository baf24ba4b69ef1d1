/** `podman info`: YAML for people, JSON, or a template over Go's field names. */
import type { VersionReport } from "../../contract/system/version.ts";
import type { CommandContext } from "../kit/types.ts";
import { isJson, renderFormat, renderJson } from "../render.ts";

export async function showInfo(context: CommandContext, format: string | undefined): Promise<void> {
  const engine = await context.engine();
  const local = await engine.system.info({});
  const report = context.isRemote ? { Client: await clientVersion(), ...local, host: { ...local.host, serviceIsRemote: true } } : local;
  if (format === undefined || format === "") {
    const { stringify } = await import("yaml");
    await context.out.write(stringify(report, { aliasDuplicateObjects: false, lineWidth: 0, defaultStringType: "PLAIN", nullStr: "null" }));
  } else if (isJson(format)) {
    await renderJson(context, report, 2);
  } else {
    await renderFormat(context, "info", format, toGoNames(report));
  }
}

async function clientVersion(): Promise<VersionReport> {
  const { APIVersion, Built, BuiltTime, GitCommit, GoVersion, Os, OsArch, Version } = (await import("../../system/version.ts")).versionOfBuild();
  return { APIVersion, Built, BuiltTime, GitCommit, GoVersion, Os, OsArch, Version };
}

/** Go's names that are not the JSON key with a capital. */
const goNames: Readonly<Record<string, string>> = { os: "OS", ociRuntime: "OCIRuntime", idMappings: "IDMappings", uidmap: "UIDMap", gidmap: "GIDMap", cpus: "CPUs", cpuUtilization: "CPUUtilization", dns: "DNS", apparmorEnabled: "AppArmorEnabled", seccompEnabled: "SECCOMPEnabled", seccompProfilePath: "SECCOMPProfilePath", selinuxEnabled: "SELinuxEnabled", capabilities: "DefaultCapabilities", rootlessNetworkCmd: "RootlessNetworkCmd" };
/** Maps, not structs: their keys are the user's. */
const maps = new Set(["graphStatus", "graphOptions", "registries"]);

function toGoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toGoNames);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => {
    const name = goNames[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    return [name, maps.has(key) ? new Map(Object.entries(item as object)) : toGoNames(item)];
  }));
}
