/** Removes what stands where an entry goes. */
import { lstatSync, readdirSync, rmSync, type BigIntStats, type Stats } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import { unlinkAt } from "../../sys/index.ts";
import { bytesOf, pathIn } from "./paths.ts";

/** Removes a name and all below it; never follows it. True when a directory went. Harmless when nothing is there. */
export function removeTree(directoryFd: number, rawBase: string): boolean {
  try {
    unlinkAt(directoryFd, bytesOf(rawBase));
    return false;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    if (!isErrno(error, "EISDIR", "EPERM")) throw error;
  }
  rmSync(pathIn(directoryFd, rawBase), { recursive: true, force: true });
  return true;
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
