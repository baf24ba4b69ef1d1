/** The ids that this process and its user have: user_namespaces(7), subuid(5). */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { EngineError } from "../../base/errors.ts";
import type { IdMap } from "../../contract/types/container-create.ts";
import type { Environment } from "../rootless.ts";
import { readSubids, type IdRange } from "./subids.ts";

export interface BothMaps { readonly uidMaps: readonly IdMap[]; readonly gidMaps: readonly IdMap[] }
export interface BothRanges { readonly uids: readonly IdRange[]; readonly gids: readonly IdRange[] }

/** Our own namespace: `containerId` here, `hostId` above. Empty where the kernel has no user namespaces. */
export function ownMaps(): BothMaps {
  return { uidMaps: readMaps("/proc/self/uid_map"), gidMaps: readMaps("/proc/self/gid_map") };
}

/** Every id that there is here, each as itself. */
export function ownMapsInside(): BothMaps {
  const asThemselves = (maps: readonly IdMap[]): IdMap[] => maps.map(({ containerId, size }) => ({ containerId, hostId: containerId, size }));
  const { uidMaps, gidMaps } = ownMaps();
  return { uidMaps: asThemselves(uidMaps), gidMaps: asThemselves(gidMaps) };
}

function readMaps(file: string): IdMap[] {
  let text: string;
  try { text = readFileSync(file, "utf8"); } catch { return []; }
  return text.split("\n").flatMap((line) => {
    const [containerId, hostId, size] = line.trim().split(/\s+/).map(Number);
    return containerId === undefined || hostId === undefined || size === undefined ? [] : [{ containerId, hostId, size }];
  });
}

/** Ranges of the user who called us, also from inside the namespace. Empty: a single id is all there is. */
export function userRanges(env: Environment, uid: number): BothRanges {
  const name = env["USER"] ?? "";
  return rangesOf(name === "" ? nameOf(uid) : name, uid);
}

/** Ranges of a name in /etc/subuid and /etc/subgid. */
export function rangesOf(name: string, uid = -1): BothRanges {
  return { uids: readSubids("/etc/subuid", name, uid), gids: readSubids("/etc/subgid", name, uid) };
}

/** `--subuidname` and `--subgidname`; each stands for the other where only one is given. @throws invalid-argument for a name without ranges */
export function mapsOfNames(uidName: string, gidName: string): BothMaps {
  const { uids } = rangesOf(uidName);
  const { gids } = rangesOf(gidName);
  if (uids.length === 0) throw new EngineError("invalid-argument", `no subuid ranges found for user ${JSON.stringify(uidName)} in /etc/subuid`);
  if (gids.length === 0) throw new EngineError("invalid-argument", `no subgid ranges found for user ${JSON.stringify(gidName)}`);
  return { uidMaps: inOrder(uids), gidMaps: inOrder(gids) };
}

function inOrder(ranges: readonly IdRange[]): IdMap[] {
  let containerId = 0;
  return ranges.map(({ start, count }) => {
    const map = { containerId, hostId: start, size: count };
    containerId += count;
    return map;
  });
}

function nameOf(uid: number): string {
  try {
    const line = readFileSync("/etc/passwd", "utf8").split("\n").find((entry) => entry.split(":")[2] === String(uid));
    return line?.split(":")[0] ?? userInfo().username;
  } catch { return ""; }
}
