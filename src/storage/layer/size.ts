/** How much a layer holds. */
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../../base/errors.ts";

/** Sizes of the files at and below `path`, each inode once; directories and special files count nothing. What vanishes meanwhile is passed over. */
export async function treeSize(path: string): Promise<number> {
  const seen = new Set<string>();
  let total = 0;
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of await entriesOf(folder)) {
      const at = join(folder, entry.name);
      if (entry.isDirectory()) { pending.push(at); continue; }
      const stat = await statIfThere(at);
      if (stat === undefined || (stat.nlink > 1 && seen.has(`${stat.dev}:${stat.ino}`))) continue;
      if (stat.nlink > 1) seen.add(`${stat.dev}:${stat.ino}`);
      total += stat.isFile() || stat.isSymbolicLink() ? stat.size : 0;
    }
  }
  return total;
}

async function entriesOf(folder: string): Promise<readonly { readonly name: string; isDirectory(): boolean }[]> {
  try { return await readdir(folder, { withFileTypes: true }); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try { return await lstat(path); } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}
