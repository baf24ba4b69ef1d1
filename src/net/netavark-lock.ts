/**
 * Podman's lock around netavark. A netavark that may start aardvark-dns cannot hold it itself (aardvark-dns would inherit it and
 * live on), so while one runs its number stands in the lock file: should the engine be killed meanwhile, the next one waits for it.
 */
import { ftruncateSync, readFileSync, readSync, writeSync } from "node:fs";
import { lockFile, type HeldLock } from "../sys/index.ts";

const pauseMillis = 5;

/** Held, and no netavark of a killed engine runs any more. */
export async function lockNetavark(path: string): Promise<HeldLock> {
  const lock = await lockFile(path);
  try {
    while (isNetavark(readNumber(lock.fd))) await Bun.sleep(pauseMillis);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Runs `work` with the number of a netavark in the held lock's file. */
export async function withRunning<T>(lock: HeldLock, pid: number, work: () => Promise<T>): Promise<T> {
  writeSync(lock.fd, String(pid), 0);
  try { return await work(); } finally { ftruncateSync(lock.fd, 0); }
}

function readNumber(fd: number): number {
  const bytes = new Uint8Array(16);
  const count = readSync(fd, bytes, 0, bytes.length, 0);
  const pid = Number(Buffer.from(bytes.buffer, 0, count).toString());
  return Number.isSafeInteger(pid) ? pid : 0;
}

/** A number that is another program's by now counts as ended. */
function isNetavark(pid: number): boolean {
  if (pid <= 1) return false;
  try { return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("netavark"); } catch { return false; }
}
