/** Privileges and namespaces. */
import { parseNamespace, parseUserNamespace } from "../../formats/create/namespace.ts";
import { parsePairs } from "../../formats/create/pairs.ts";
import { parseIdMap } from "../../formats/create/process.ts";
import { parseSecurityOptions } from "../../formats/create/security.ts";
import type { NamespacesCreate, SecurityCreate } from "../../contract/types/container-create.ts";
import { dropUndefined, usage, type CreateFlags, type FlagContext } from "./index.ts";

export function securityPart(context: Pick<FlagContext, "changed">, flags: CreateFlags): SecurityCreate | undefined {
  const sysctl = flags.sysctl ?? [];
  const bad = sysctl.find((pair) => !pair.includes("="));
  if (bad !== undefined) throw usage(`invalid sysctl value "${bad}"`);
  if (flags.seccompPolicy !== "default" && flags.seccompPolicy !== "image") throw usage(`invalid seccomp policy "${flags.seccompPolicy}": valid policies are ["default" "image"]`);
  const part = dropUndefined<SecurityCreate>({
    ...parseSecurityOptions(flags.securityOpt ?? []),
    privileged: flags.privileged || undefined, capAdd: flags.capAdd, capDrop: flags.capDrop,
    readOnly: context.changed("read-only") ? flags.readOnly : undefined, readWriteTmpfs: flags.readOnlyTmpfs ? undefined : false,
    seccompPolicy: flags.seccompPolicy === "image" ? "image" : undefined,
    sysctls: sysctl.length === 0 ? undefined : parsePairs(sysctl, (value) => `invalid sysctl value "${value}"`),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

export function namespacesPart(context: FlagContext, flags: CreateFlags): NamespacesCreate | undefined {
  const hasMaps = flags.uidmap !== undefined || flags.gidmap !== undefined || flags.subuidname !== undefined || flags.subgidname !== undefined;
  if (hasMaps && context.changed("userns")) throw usage("--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive");
  const part = dropUndefined<NamespacesCreate>({
    pid: parseNamespace("pid", flags.pid ?? ""), ipc: parseNamespace("ipc", flags.ipc ?? ""), uts: parseNamespace("uts", flags.uts ?? ""),
    cgroup: parseNamespace("cgroup", flags.cgroupns ?? ""),
    user: hasMaps ? { mode: "private" } : parseUserNamespace(flags.userns ?? context.env["PODMAN_USERNS"] ?? ""),
    uidMaps: flags.uidmap?.map(parseIdMap), gidMaps: flags.gidmap?.map(parseIdMap), subuidName: flags.subuidname, subgidName: flags.subgidname,
  });
  return Object.keys(part).length === 0 ? undefined : part;
}
