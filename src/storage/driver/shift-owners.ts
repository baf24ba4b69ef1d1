/** Owners of a whole tree shifted on disk, where the kernel cannot shift them at mount time. */
import { chmodSync, lchownSync } from "node:fs";
import { EngineError } from "../../base/errors.ts";
import type { IdMap } from "../../contract/types/container-create.ts";
import { getXattr, setXattr } from "../../sys/xattr.ts";
import { statOf, walkTree, type Visit } from "./walk.ts";
import type { Mappings } from "./types.ts";

interface Owner { readonly uid: number; readonly gid: number }

/** Gives every file at and below `root` the owner that `mappings` make of its present one. @throws failed-precondition for an id that is not mapped */
export function shiftTree(root: string, mappings: Mappings): void {
  const shifted = new Map<string, Owner>();
  const top = Buffer.from(root);
  const stat = statOf(top);
  if (stat !== undefined) shiftEntry({ relative: Buffer.alloc(0), path: top, stat }, mappings, shifted);
  walkTree(top, (entry) => { shiftEntry(entry, mappings, shifted); });
}

function shiftEntry({ path, stat }: Visit, { uidMaps, gidMaps }: Mappings, shifted: Map<string, Owner>): void {
  const [uid, gid] = [Number(stat.uid), Number(stat.gid)];
  const key = `${stat.dev}:${stat.ino}`;
  // A second name of an inode that was shifted by its first one; overlay may have parted them, then the old owner shows.
  const done = stat.nlink > 1n && !stat.isDirectory() ? shifted.get(key) : undefined;
  if (done !== undefined && done.uid === uid && done.gid === gid) return;
  const owner = { uid: hostId(uidMaps, uid, "user"), gid: hostId(gidMaps, gid, "group") };
  if (stat.nlink > 1n) shifted.set(key, owner);
  if (owner.uid === uid && owner.gid === gid) return;
  const capability = stat.isFile() ? getXattr(path, "security.capability") : undefined;
  lchownSync(path, owner.uid, owner.gid);
  // The kernel takes set-id bits and capabilities away with the old owner.
  if (!stat.isSymbolicLink() && (stat.mode & 0o6000n) !== 0n) chmodSync(path, Number(stat.mode & 0o7777n));
  if (capability !== undefined) setXattr(path, "security.capability", capability);
}

function hostId(maps: readonly IdMap[], id: number, kind: string): number {
  if (maps.length === 0) return id;
  const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  if (map === undefined) throw new EngineError("failed-precondition", `the image has files of ${kind} ${id}, which the container's mapping does not contain`, { hint: "use a larger mapping" });
  return map.hostId + id - map.containerId;
}
