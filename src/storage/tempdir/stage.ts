/**
 * Temporary directories with containers/storage's protocol: `<root>/lock-N` is locked as long as `<root>/temp-dir-N` is in
 * use. Additions are built there and renamed into the store; deletions are renamed here first, and removed without any lock
 * held. What a killed process leaves has no lock any more: `removeStale` (ours or containers/storage's) takes it away.
 */
import { randomInt } from "../../base/random.ts";
import { fstatSync, mkdirSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { isErrno } from "../../base/errors.ts";
import { tryLockFile, type HeldLock } from "../../sys/lock.ts";
import { removeTree, removeTreeNow } from "./remove.ts";

const lockPrefix = "lock-";
const directoryPrefix = "temp-dir-";
/** Each attempt draws from 2^47 names; a second one is already unlikely. */
const maxAttempts = 100;

export interface TempDirectory {
  readonly path: string;
  /** A path that does not exist yet, for something to be built. */
  addition(): string;
  /** Moves `path` in here. False when there is nothing at `path`. */
  takeAway(path: string): boolean;
  /** Removes it and everything in it. Harmless twice. */
  remove(): Promise<void>;
  /** The same for small contents, without letting others run meanwhile. */
  removeNow(): void;
}

/** Makes one below `root`, which is made if missing. */
export function openTempDirectory(root: string): TempDirectory {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const name = String(randomInt(2 ** 47));
    const lock = lockNew(join(root, lockPrefix + name));
    if (lock === undefined) continue;
    const path = join(root, directoryPrefix + name);
    mkdirSync(path, { mode: 0o700 });
    return opened(path, lock, join(root, lockPrefix + name));
  }
  throw new Error(`make a temporary directory in "${root}": no free name`);
}

function opened(path: string, lock: HeldLock, lockPath: string): TempDirectory {
  let count = 0;
  let isOpen = true;
  return {
    path,
    addition: () => join(path, `${count++}-addition`),
    takeAway: (source) => {
      try {
        renameSync(source, join(path, `${count++}-${basename(source)}`));
        return true;
      } catch (error) {
        if (isErrno(error, "ENOENT")) return false;
        throw error;
      }
    },
    remove: async () => {
      if (!isOpen) return;
      isOpen = false;
      try { await removeTree(path); } finally { dropLock(lock, lockPath); }
    },
    removeNow: () => {
      if (!isOpen) return;
      isOpen = false;
      try { removeTreeNow(path); } finally { dropLock(lock, lockPath); }
    },
  };
}

/** undefined when the name is taken, or a clean-up of another process was quicker than our lock. */
function lockNew(path: string): HeldLock | undefined {
  const lock = tryLockFile(path);
  if (lock === undefined) return undefined;
  if (fstatSync(lock.fd).nlink === 1) return lock;
  lock.release();
  return undefined;
}

function dropLock(lock: HeldLock, path: string): void {
  try { unlinkSync(path); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; } finally { lock.release(); }
}

/** Removes what dead processes left below `root`. One that cannot be removed does not stop the others. */
export async function removeStale(root: string): Promise<void> {
  for (const name of staleNames(root)) {
    const lockPath = join(root, lockPrefix + name);
    const lock = tryLockFile(lockPath);
    if (lock === undefined) continue;
    try {
      await removeTree(join(root, directoryPrefix + name));
    } catch { /* tried again by the next writer */ continue; } finally { dropLock(lock, lockPath); }
  }
}

function staleNames(root: string): ReadonlySet<string> {
  try {
    const names = readdirSync(root).map((entry) => entry.startsWith(lockPrefix) ? entry.slice(lockPrefix.length)
      : entry.startsWith(directoryPrefix) ? entry.slice(directoryPrefix.length) : "");
    return new Set(names.filter((name) => name !== ""));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return new Set();
    throw error;
  }
}
