/** Removes what stands where an entry goes. */
import { closeSync, lstatSync, readdirSync, type BigIntStats, type Stats } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { at, openAt, openFlags, unlinkAt } from "../../sys/index.ts";
import { maxDepth } from "./limits.ts";
import { bytesOf, pathIn } from "./paths.ts";

/** How often somebody may turn a directory into something else while it is being removed. */
const maxTries = 16;

/**
 * Removes a name and all below it; never follows it. True when a directory went. Harmless when nothing is there. Through open
 * descriptors: a process that puts a link in the place of a directory meanwhile loses the link and nothing behind it.
 */
export function removeTree(directoryFd: number, rawBase: string, depth = 0): boolean {
  if (depth > maxDepth) throw new EngineError("failed-precondition", `directories are nested deeper than ${maxDepth}`);
  for (let tries = 0; tries < maxTries; tries++) {
    try {
      unlinkAt(directoryFd, bytesOf(rawBase));
      return false;
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
      if (!isErrno(error, "EISDIR", "EPERM")) throw error;
      if (isErrno(error, "EPERM") && statIn(directoryFd, rawBase)?.isDirectory() === false) throw error;
    }
    if (emptyAndRemove(directoryFd, rawBase, depth)) return true;
  }
  throw new EngineError("aborted", `remove "${textOf(rawBase)}": somebody keeps on changing it`);
}

/** False when it is no directory any more. */
function emptyAndRemove(directoryFd: number, rawBase: string, depth: number): boolean {
  try {
    const fd = openAt(directoryFd, bytesOf(rawBase), openFlags.rdonly | openFlags.directory | openFlags.nofollow);
    try { for (const name of namesIn(fd)) removeTree(fd, name, depth + 1); } finally { closeSync(fd); }
    unlinkAt(directoryFd, bytesOf(rawBase), at.removedir);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return true;
    if (isErrno(error, "ENOTDIR", "ELOOP")) return false;
    throw error;
  }
}

/** Never follows the name. */
export function statIn(directoryFd: number, rawBase: string): Stats | undefined {
  return lstatSync(pathIn(directoryFd, rawBase), { throwIfNoEntry: false });
}
export function bigStatIn(directoryFd: number, rawBase: string): BigIntStats | undefined {
  return lstatSync(pathIn(directoryFd, rawBase), { throwIfNoEntry: false, bigint: true });
}

/** Names in a directory as raw strings, in byte order. */
export function namesIn(directoryFd: number): string[] {
  return readdirSync(`/proc/self/fd/${directoryFd}`, { encoding: "latin1" }).sort(byBytes);
}
const byBytes = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;
