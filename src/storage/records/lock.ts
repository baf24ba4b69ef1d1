/**
 * containers/storage's lock files. A writer leaves a new 64-byte token in the lock file *before* it changes what the lock
 * protects, so that every other process notices the change even if the writer dies halfway.
 */
import { mkdirSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isErrno } from "../../base/errors.ts";
import { lockFile, type HeldLock, type LockMode } from "../../sys/lock.ts";

const tokenSizeBytes = 64;
let writes = 0n;

/** Time, a counter, the process id, then random bytes: the same layout and size as containers/storage's. */
function newToken(): Uint8Array {
  const token = new DataView(new ArrayBuffer(tokenSizeBytes));
  token.setBigUint64(0, BigInt(Date.now()) * 1_000_000n, true);
  token.setBigUint64(8, ++writes, true);
  token.setUint32(16, process.pid, true);
  crypto.getRandomValues(new Uint8Array(token.buffer, 20));
  return new Uint8Array(token.buffer);
}

/** Tells other processes that what `lock` protects is about to change. */
export function recordWrite(lock: HeldLock): void {
  writeSync(lock.fd, newToken(), 0, tokenSizeBytes, 0);
}

/** `lockFile`, making the directory when it is missing. */
export async function lockStore(path: string, mode: LockMode = "write", signal?: AbortSignal): Promise<HeldLock> {
  try {
    return await lockFile(path, mode, signal);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return lockFile(path, mode, signal);
  }
}

/** Holds `paths` in order while `work` runs. */
export async function withLocks<T>(paths: readonly string[], work: (held: readonly HeldLock[]) => T | Promise<T>, mode: LockMode = "write"): Promise<T> {
  const held: HeldLock[] = [];
  try {
    for (const path of paths) held.push(await lockStore(path, mode));
    return await work(held);
  } finally {
    for (const lock of held.toReversed()) lock.release();
  }
}
