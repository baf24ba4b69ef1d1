/** What a writable overlay layer changed: `podman diff`. */
import { textOf } from "../../formats/tar/fields.ts";
import { getXattr } from "../../sys/index.ts";
import type { PathChange } from "../store.ts";
import { isWhiteoutNode, LowerLayers } from "./lower.ts";
import { pathIn, splitPath } from "./paths.ts";
import type { ChangesRequest } from "./types.ts";
import { isInUserNamespace } from "./user-namespace.ts";
import { walk, type WalkedNode } from "./walk.ts";
import { opaqueAttribute } from "./whiteout.ts";
import { isSameTime } from "./compare.ts";

/**
 * Changes in the order of a sorted walk, directories before what is in them; `path` begins with a slash. A directory that only
 * holds a change is listed as modified when something was added or deleted in it.
 */
export async function changedPaths(request: ChangesRequest): Promise<readonly PathChange[]> {
  using lower = new LowerLayers(request.lowerDirectories);
  const opaque = opaqueAttribute(request.inUserNamespace ?? isInUserNamespace());
  const hasLower = request.lowerDirectories.length > 0;
  const changes: PathChange[] = [];
  const listedDirectories = new Set<string>();
  for (const node of walk(request.upperDirectory)) {
    const change = changeOf(node, lower, hasLower ? opaque : undefined);
    if (change === undefined) continue;
    if (node.stat.isDirectory()) listedDirectories.add(node.path);
    if (change !== "modified") changes.push(...directoriesAbove(node.path, listedDirectories));
    changes.push({ path: `/${textOf(node.path)}`, kind: change });
  }
  return await Promise.resolve(changes);
}

function changeOf(node: WalkedNode, lower: LowerLayers, opaque: string | undefined): PathChange["kind"] | undefined {
  if (isWhiteoutNode(node.stat)) return "deleted";
  const before = lower.find(node.path);
  if (before === undefined) return "added";
  if (!node.stat.isDirectory()) return "modified";
  // Removed and made anew: what was in it is gone.
  if (opaque !== undefined && getXattr(pathIn(node.directoryFd, node.base), opaque)?.[0] === 0x79) return "deleted";
  if (!before.isDirectory()) return "modified";
  const isSame = node.stat.size === before.size && node.stat.mode === before.mode && isSameTime(node.stat.mtimeNs, before.mtimeNs);
  return isSame ? undefined : "modified";
}

/** Parents not listed yet, outermost first. */
function directoriesAbove(path: string, listed: Set<string>): PathChange[] {
  const above: PathChange[] = [];
  for (let [directory] = splitPath(path); directory !== ""; [directory] = splitPath(directory)) {
    if (listed.has(directory)) continue;
    listed.add(directory);
    above.unshift({ path: `/${textOf(directory)}`, kind: "modified" });
  }
  return above;
}
