/** What is mounted where, from this process's mount namespace. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isErrno } from "../../base/errors.ts";
import { openInRoot, openFlags, resolve } from "../../sys/file.ts";

/** Mount points at or below `path`, innermost and newest first. */
export function mountPointsBelow(path: string): readonly string[] {
  const table = readFileSync("/proc/self/mountinfo", "utf8");
  // On a host with thousands of mounts most calls end here.
  if (!table.includes(escaped(path))) return [];
  const points = table.split("\n").map((line) => unescaped(line.split(" ")[4] ?? ""));
  return points.filter((point) => point === path || point.startsWith(`${path}/`)).toReversed();
}

/** mountinfo writes space, tab, newline and backslash in octal. */
const escaped = (path: string): string => path.replace(/[ \t\n\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
const unescaped = (field: string): string => field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** True when something is mounted exactly at `path`; false when the path is missing. Does not read the mount table. */
export function isMountPoint(path: string): boolean {
  let parent: number;
  try { parent = openSync(dirname(path), openFlags.path | openFlags.directory); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
  try {
    closeSync(openInRoot(parent, basename(path), openFlags.path | openFlags.nofollow, 0, resolve.noXdev));
    return false;
  } catch (error) {
    if (isErrno(error, "EXDEV")) return true;
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  } finally { closeSync(parent); }
}
