/** Privileges and namespaces. */
import { parseNamespace, parseUserNamespace } from "../../formats/create/namespace.ts";
import { parsePairs } from "../../formats/create/pairs.ts";
import { fillIdMaps, parseIdMaps } from "../../formats/create/id-maps.ts";
import { parseSecurityOptions } from "../../formats/create/security.ts";
import { mapsOfNames, ownMaps, type BothMaps } from "../../config/userns/maps.ts";
import { readHostFacts } from "../../config/rootless.ts";
import type { NamespacesCreate, SecurityCreate } from "../../contract/types/container-create.ts";
import { dropUndefined, usage, type CreateFlags, type FlagContext } from "./index.ts";

/** Kernel parameters that belong to a namespace. */
const namespaced: ReadonlySet<string> = new Set(["kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.domainname", "kernel.hostname"]);
const isNamespaced = (name: string): boolean => namespaced.has(name) || name.startsWith("net.") || name.startsWith("fs.mqueue.");

export function securityPart(context: Pick<FlagContext, "changed">, flags: CreateFlags): SecurityCreate | undefined {
  const sysctl = flags.sysctl ?? [];
  const bad = sysctl.find((pair) => !pair.includes("="));
  if (bad !== undefined) throw usage(`${bad} is invalid, sysctl values must be in the form of KEY=VALUE`);
  const denied = sysctl.map((pair) => pair.split("=")[0] ?? "").find((name) => !isNamespaced(name));
  if (denied !== undefined) throw usage(`sysctl '${denied}' is not allowed`);
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
  // A pod has decided for its containers.
  const joinsPod = flags.pod !== undefined || flags.podIdFile !== undefined;
  const part = dropUndefined<NamespacesCreate>({
    pid: parseNamespace("pid", flags.pid ?? ""), ipc: parseNamespace("ipc", flags.ipc ?? ""), uts: parseNamespace("uts", flags.uts ?? ""),
    cgroup: parseNamespace("cgroup", flags.cgroupns ?? ""),
    user: hasMaps ? { mode: "private" } : parseUserNamespace(flags.userns ?? (joinsPod ? undefined : context.env["PODMAN_USERNS"]) ?? ""),
    ...(hasMaps ? mapsPart(context, flags) : {}), subuidName: flags.subuidname, subgidName: flags.subgidname,
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

/** Of users and groups each for the other where only one is given; those of --subuidname first. */
function mapsPart(context: Pick<FlagContext, "env">, flags: CreateFlags): BothMaps {
  const [uidName, gidName] = [flags.subuidname ?? flags.subgidname ?? "", flags.subgidname ?? flags.subuidname ?? ""];
  const named = uidName === "" ? { uidMaps: [], gidMaps: [] } : mapsOfNames(uidName, gidName);
  const [uids, gids] = [flags.uidmap ?? flags.gidmap ?? [], flags.gidmap ?? flags.uidmap ?? []];
  const own = ownMaps();
  const { rootless } = readHostFacts(context.env);
  const [uidMaps, gidMaps] = [parseIdMaps(uids, { kind: "UID", parent: own.uidMaps, rootless }), parseIdMaps(gids, { kind: "GID", parent: own.gidMaps, rootless })];
  // `--uidmap u…` says nothing of groups: a user then gets all of its own.
  const all = (maps: BothMaps["uidMaps"], other: BothMaps["uidMaps"], parent: BothMaps["uidMaps"]): BothMaps["uidMaps"] => maps.length === 0 && other.length > 0 && rootless ? fillIdMaps([], parent) : maps;
  return { uidMaps: [...named.uidMaps, ...all(uidMaps, gidMaps, own.uidMaps)], gidMaps: [...named.gidMaps, ...all(gidMaps, uidMaps, own.gidMaps)] };
}
