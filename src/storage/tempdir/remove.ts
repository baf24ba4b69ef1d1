/** Removing a tree that may hold anything a container wrote. */
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { isErrno } from "../../base/errors.ts";
import { unmount, umountFlags } from "../../sys/mount.ts";
import { mountPointsBelow } from "./mount-points.ts";

const maxAttempts = 5;

/**
 * Harmless when absent. Mounts at and below `path` are detached first: what is mounted there is somebody else's, and must not
 * be emptied. @throws when a mount cannot be detached; nothing is removed then
 */
export async function removeTree(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    detachBelow(path);
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (isErrno(error, "ENOENT")) return;
      // A mount or a file that came in between.
      if (attempt === maxAttempts || !isErrno(error, "EBUSY", "ENOTEMPTY", "EEXIST")) throw error;
    }
  }
}

/** `removeTree` at once, for a handful of files. */
export function removeTreeNow(path: string): void {
  detachBelow(path);
  rmSync(path, { recursive: true, force: true });
}

/** Detaches every mount at or below `path`, innermost first. */
export function detachBelow(path: string): void {
  for (const target of mountPointsBelow(path)) {
    try { unmount(target, umountFlags.detach | umountFlags.nofollow); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
  }
}
