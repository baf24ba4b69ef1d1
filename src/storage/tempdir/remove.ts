/** Removing a tree that may hold anything a container wrote. */
import { rm } from "node:fs/promises";
import { isErrno } from "../../base/errors.ts";
import { unmount, umountFlags } from "../../sys/mount.ts";
import { mountPointsBelow } from "./mount-points.ts";

const maxAttempts = 5;

/** Harmless when absent. A mount found inside is detached first, so that nothing outside the tree is ever emptied. */
export async function removeTree(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (isErrno(error, "ENOENT")) return;
      if (attempt === maxAttempts || !isErrno(error, "EBUSY", "ENOTEMPTY", "EROFS")) throw error;
      detachBelow(path);
    }
  }
}

/** Detaches every mount at or below `path`, innermost first. */
export function detachBelow(path: string): void {
  for (const target of mountPointsBelow(path)) {
    try { unmount(target, umountFlags.detach | umountFlags.nofollow); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
  }
}
