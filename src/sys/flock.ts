/** flock(2): what bbolt and iproute2 lock with. It neither sees nor excludes the fcntl locks of `lock.ts`. */
import { isErrno } from "../base/errors.ts";
import { c, check } from "./libc.ts";
import { flock } from "./abi.ts";

/** Takes the lock if nobody else holds it; closing the descriptor frees it. */
export function tryFlock(fd: number, mode: "read" | "write" = "write"): boolean {
  try {
    check(c.flock(fd, (mode === "write" ? flock.exclusive : flock.shared) | flock.nonblock), "flock");
    return true;
  } catch (error) {
    if (isErrno(error, "EAGAIN", "EWOULDBLOCK")) return false;
    throw error;
  }
}

/** Takes the lock, trying again with growing pauses (1 to 20 ms), because a blocking call would stop every other task. */
export async function waitFlock(fd: number, mode: "read" | "write" = "write"): Promise<void> {
  for (let pauseMs = 1; !tryFlock(fd, mode); pauseMs = Math.min(pauseMs * 2, 20)) await Bun.sleep(pauseMs);
}
