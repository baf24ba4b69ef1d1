/**
 * Locks of single objects: an OFD lock on a file per object, freed by the kernel when its holder dies. The order is
 * pod → container → volume → storage; who holds one may take only those to the right of it (and of containers: a dependent
 * before what it depends on).
 */
import { fstatSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { isLocked, lockFile, type HeldLock, type LockMode } from "../sys/index.ts";

export type LockKind = "pod" | "container" | "volume";

export function lockPath(lockDir: string, kind: LockKind, id: string): string {
  return join(lockDir, `${kind}-${id}`);
}

/**
 * Waits for the lock. A file that was removed while we waited is another lock than the one that the next comer takes, so
 * then it is tried again.
 */
export async function lockObject(lockDir: string, kind: LockKind, id: string, mode: LockMode = "write", signal?: AbortSignal): Promise<HeldLock> {
  const path = lockPath(lockDir, kind, id);
  for (;;) {
    const held = await lockIn(lockDir, path, mode, signal);
    if (isSameFile(held.fd, path)) return held;
    held.release();
  }
}

async function lockIn(lockDir: string, path: string, mode: LockMode, signal?: AbortSignal): Promise<HeldLock> {
  try {
    return await lockFile(path, mode, signal);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(lockDir, { recursive: true, mode: 0o700 });
    return lockFile(path, mode, signal);
  }
}

function isSameFile(fd: number, path: string): boolean {
  try { return fstatSync(fd).ino === statSync(path).ino; } catch { return false; }
}

/** Removes the lock file of an object that is gone. Only while holding its lock. Idempotent. */
export function forgetLock(lockDir: string, kind: LockKind, id: string): void {
  try { unlinkSync(lockPath(lockDir, kind, id)); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
}

/** True while somebody works on the object. */
export function isObjectLocked(lockDir: string, kind: LockKind, id: string): boolean {
  return isLocked(lockPath(lockDir, kind, id));
}
