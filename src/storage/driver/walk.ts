/** Walking trees whose names need not be UTF-8. Paths are bytes, relative to the root and without a slash at either end. */
import { lstatSync, readdirSync, type BigIntStats } from "node:fs";
import { isErrno } from "../../base/errors.ts";

/** Deeper trees than this are hostile: the kernel's own limit on a path would be hit first in honest ones. */
const maxDepth = 4096;

const slash = Buffer.from("/");
export const below = (folder: Buffer, name: Buffer): Buffer => folder.length === 0 ? name : Buffer.concat([folder, slash, name]);

/** Names in a directory, sorted by bytes; empty when it is gone. */
export function namesIn(folder: Buffer): readonly Buffer[] {
  try { return readdirSync(folder, { encoding: "buffer" }).toSorted(Buffer.compare); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

export function statOf(path: Buffer): BigIntStats | undefined {
  try { return lstatSync(path, { bigint: true }); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

export interface Visit { readonly relative: Buffer; readonly path: Buffer; readonly stat: BigIntStats }

/** Every entry below `root`, a directory before what is in it, then once more with `leave` after it. */
export function walkTree(root: Buffer, enter: (entry: Visit) => void, leave: (entry: Visit) => void = () => undefined): void {
  const visit = (folder: Buffer, depth: number): void => {
    if (depth > maxDepth) throw new Error(`directories nested more than ${maxDepth} deep`);
    for (const name of namesIn(below(root, folder))) {
      const relative = below(folder, name);
      const path = below(root, relative);
      const stat = statOf(path);
      if (stat === undefined) continue;
      enter({ relative, path, stat });
      if (stat.isDirectory()) visit(relative, depth + 1);
      leave({ relative, path, stat });
    }
  };
  visit(Buffer.alloc(0), 0);
}
