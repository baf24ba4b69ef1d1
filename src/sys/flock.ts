/**
 * flock(2): what bbolt and iproute2 lock with, and where processes of ours queue for a lock of `lock.ts`. It neither sees nor excludes the
 * fcntl locks there.
 */
import { isErrno } from "../base/errors.ts";
import { c, check } from "./libc.ts";
import { flock } from "./abi.ts";
import type { LockMode } from "./lock.ts";

/** Takes the lock if nobody else holds it; closing the descriptor frees it. */
export function tryFlock(fd: number, mode: LockMode = "write"): boolean {
  try {
    check(c.flock(fd, (mode === "write" ? flock.exclusive : flock.shared) | flock.nonblock), "flock");
    return true;
  } catch (error) {
    if (isErrno(error, "EAGAIN", "EWOULDBLOCK")) return false;
    throw error;
  }
}

/** Most locks are held for less than the sum of these, which is what starting a program costs. */
const firstPausesMs = [1, 2, 4];
/** Where there is no flock(1). */
const maxPauseMs = 20;

/**
 * Takes the lock, waiting as long as it takes. A blocking call would stop every other task of this process, and many processes that try again
 * and again eat the time of the one that works: after a few tries flock(1) waits in the kernel's queue for us. Its copy of the descriptor is
 * of our open file, so what it has locked is ours, and is freed when we die.
 * @throws the signal's reason when aborted
 */
export async function waitFlock(fd: number, mode: LockMode = "write", signal?: AbortSignal): Promise<void> {
  if (tryFlock(fd, mode)) return;
  for (const pauseMs of firstPausesMs) {
    signal?.throwIfAborted();
    await Bun.sleep(pauseMs);
    if (tryFlock(fd, mode)) return;
  }
  if (await waitInKernel(fd, mode, signal)) return;
  for (let pauseMs = 1; !tryFlock(fd, mode); pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    signal?.throwIfAborted();
    await Bun.sleep(pauseMs);
  }
}

/** False when there is no such program, or it failed. */
async function waitInKernel(fd: number, mode: LockMode, signal?: AbortSignal): Promise<boolean> {
  try {
    const child = Bun.spawn(["flock", mode === "write" ? "-x" : "-s", "3"], { stdio: ["ignore", "ignore", "ignore", fd], ...(signal === undefined ? {} : { signal }) });
    const status = await child.exited;
    signal?.throwIfAborted();
    return status === 0;
  } catch (error) {
    signal?.throwIfAborted();
    if (isErrno(error, "ENOENT", "EACCES")) return false;
    throw error;
  }
}
