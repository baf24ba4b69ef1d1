/** A full copy of a tree: owners, modes, times, attributes, hard links and special files. Data is shared where the file system can (reflink). */
import { chmodSync, constants, copyFileSync, linkSync, lchownSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { getXattr, listXattrs, setXattr } from "../../../sys/xattr.ts";
import { at, mknodAt, setTimesAt } from "../../../sys/file.ts";
import { isErrno } from "../../../base/errors.ts";
import { below, statOf, walkTree, type Visit } from "../walk.ts";

/** Copies what is in `source` into the existing directory `target`, and the attributes of `source` itself. Blocks; a layer's copy has no other work to yield to but is bounded by its size. */
export async function copyTree(source: string, target: string): Promise<void> {
  const links = new Map<string, Buffer>();
  const destination = Buffer.from(target);
  const root = Buffer.from(source);
  walkTree(root, (entry) => { copyEntry(entry, below(destination, entry.relative), links); }, (entry) => {
    // Only now: what was made inside changed the directory's times.
    if (entry.stat.isDirectory()) copyTimes(entry, below(destination, entry.relative));
  });
  const stat = statOf(root);
  if (stat === undefined) return;
  const top = { relative: Buffer.alloc(0), path: root, stat };
  copyMetadata(top, destination);
  copyTimes(top, destination);
}

function copyEntry(entry: Visit, target: Buffer, links: Map<string, Buffer>): void {
  const { stat, path } = entry;
  if (stat.isSocket()) return;
  if (stat.nlink > 1n && !stat.isDirectory()) {
    const key = `${stat.dev}:${stat.ino}`;
    const first = links.get(key);
    if (first !== undefined) { linkSync(first, target); return; }
    links.set(key, target);
  }
  if (stat.isDirectory()) mkdirSync(target, { mode: 0o700 });
  else if (stat.isSymbolicLink()) symlinkSync(readlinkSync(path, { encoding: "buffer" }), target);
  else if (stat.isFile()) copyFileSync(path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  else mknodAt(at.fdcwd, target, Number(stat.mode), stat.rdev);
  copyMetadata(entry, target);
  if (!stat.isDirectory()) copyTimes(entry, target);
}

function copyMetadata({ path, stat }: Visit, target: Buffer): void {
  lchownSync(target, Number(stat.uid), Number(stat.gid));
  if (!stat.isSymbolicLink()) chmodSync(target, Number(stat.mode & 0o7777n));
  // After the owner: a change of owner clears file capabilities.
  for (const name of listXattrs(path)) copyAttribute(path, target, name);
}

function copyAttribute(path: Buffer, target: Buffer, name: string): void {
  const value = getXattr(path, name);
  if (value === undefined) return;
  try { setXattr(target, name, value); } catch (error) {
    // Labels and access lists that this file system or namespace does not take.
    if (!isErrno(error, "ENOTSUP", "EOPNOTSUPP", "EPERM")) throw error;
  }
}

function copyTimes({ stat }: Visit, target: Buffer): void {
  setTimesAt(at.fdcwd, target, stat.atimeNs, stat.mtimeNs);
}
