/** Namespaces, id maps and the cgroup of a container. */
import { basename, join } from "node:path";
import { readFileSync } from "node:fs";
import type { IdMap } from "../../contract/types/container-create.ts";
import type { NamespaceUse, SpecNamespaces } from "./input.ts";
import { toSpecMaps } from "./mount-idmap.ts";
import type { SpecLinux } from "./types.ts";

/** In Podman's order. A shared one is left out; the mount namespace is always the container's own. */
export function namespacesOf(namespaces: SpecNamespaces): SpecLinux["namespaces"] {
  const uses: (readonly [string, NamespaceUse])[] = [
    ["pid", namespaces.pid], ["network", namespaces.network], ["ipc", namespaces.ipc], ["uts", namespaces.uts],
    ["mount", { kind: "new" }], ["user", namespaces.user], ["cgroup", namespaces.cgroup],
  ];
  return uses.flatMap(([type, use]) => use.kind === "host" ? [] : [use.kind === "path" ? { type, path: use.path } : { type }]);
}

/** Runtimes insist on a map even when a user namespace is joined. */
export function idMappings({ user }: SpecNamespaces, uidMaps: readonly IdMap[], gidMaps: readonly IdMap[], within?: { readonly uidMaps: readonly IdMap[]; readonly gidMaps: readonly IdMap[] }): Pick<SpecLinux, "uidMappings" | "gidMappings"> {
  if (user.kind === "host") return {};
  const one = [{ containerID: 0, hostID: 0, size: 1 }];
  if (user.kind === "path" && uidMaps.length === 0) return { uidMappings: one, gidMappings: one };
  return { uidMappings: toSpecMaps(splitMaps(uidMaps, within?.uidMaps)), gidMappings: toSpecMaps(splitMaps(gidMaps, within?.gidMaps)) };
}

/** The kernel takes a range only where one range of the namespace above holds all of it. What lies in none stays, to be refused there. */
export function splitMaps(maps: readonly IdMap[], within: readonly IdMap[] = []): IdMap[] {
  return maps.flatMap((map) => {
    const ends = within.map(({ containerId, size }) => containerId + size).filter((end) => end > map.hostId && end < map.hostId + map.size).toSorted((a, b) => a - b);
    return [map.hostId, ...ends].map((from, index) => ({ containerId: map.containerId + from - map.hostId, hostId: from, size: (ends[index] ?? map.hostId + map.size) - from }));
  });
}

export interface CgroupRequest {
  readonly id: string;
  readonly manager: "systemd" | "cgroupfs";
  /** `--cgroups`. */
  readonly mode: string;
  /** `--cgroup-parent` or the pod's. */
  readonly parent: string | undefined;
  readonly rootless: boolean;
  readonly cgroupVersion: 1 | 2;
}
const cgroupfsParent = "/libpod_parent";

export function defaultCgroupParent(manager: "systemd" | "cgroupfs", rootless: boolean): string {
  return manager === "cgroupfs" ? cgroupfsParent : rootless ? "user.slice" : "machine.slice";
}

/** OCI `linux.cgroupsPath`; undefined lets the runtime choose or means none. */
export function cgroupPathOf({ id, manager, mode, parent, rootless, cgroupVersion }: CgroupRequest): string | undefined {
  if (mode === "disabled") return undefined;
  if (mode === "split") return join(ownCgroup(), `libpod-payload-${id}`);
  const base = parent ?? defaultCgroupParent(manager, rootless);
  if (manager === "systemd" && !(rootless && cgroupVersion === 1)) return `${basename(base)}:libpod:${id}`;
  if (rootless && (base === "" || base === cgroupfsParent || manager === "systemd")) return undefined;
  return join("/", base, `libpod-${id}`);
}

function ownCgroup(): string {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const unified = lines.find((line) => line.startsWith("0::")) ?? lines[0] ?? "";
  return unified.split(":").slice(2).join(":") || "/";
}

/** Where conmon goes: next to the container, in the same parent. undefined: where we are. */
export function conmonCgroupOf(request: Omit<CgroupRequest, "id" | "cgroupVersion">, isSystemdService: boolean): string | undefined {
  if (isSystemdService || ["disabled", "no-conmon", "split"].includes(request.mode)) return undefined;
  const base = request.parent ?? defaultCgroupParent(request.manager, request.rootless);
  return request.manager === "systemd" ? basename(base) : join("/", base, "conmon");
}
