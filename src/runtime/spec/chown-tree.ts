/** Option `U` of a volume: gives a directory tree to the container's user, never through a link. */
import { closeSync, constants, lstatSync, lchownSync, openSync, readdirSync } from "node:fs";
import { at, chownAt, openAt, close, openFlags } from "../../sys/index.ts";
import { isErrno } from "../../base/errors.ts";

/** Idempotent; entries that vanish meanwhile are left out. */
export function chownTree(path: string, uid: number, gid: number): void {
  const info = lstatSync(path);
  if (!info.isDirectory()) { lchownSync(path, uid, gid); return; }
  const fd = openSync(path, constants.O_DIRECTORY | constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    chownAt(fd, "", uid, gid, at.emptyPath);
    chownEntries(fd, uid, gid);
  } finally { closeSync(fd); }
}

function chownEntries(directory: number, uid: number, gid: number): void {
  for (const entry of readdirSync(`/proc/self/fd/${directory}`, { withFileTypes: true })) {
    try {
      chownAt(directory, entry.name, uid, gid);
      if (!entry.isDirectory()) continue;
      const child = openAt(directory, entry.name, openFlags.directory | openFlags.rdonly | openFlags.nofollow);
      try { chownEntries(child, uid, gid); } finally { close(child); }
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ELOOP", "ENOTDIR")) throw error;
    }
  }
}
