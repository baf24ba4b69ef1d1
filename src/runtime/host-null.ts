/**
 * crun before 1.9 gives whatever the container's stdin is to the container's user, even when that is the machine's own /dev/null:
 * in a user namespace the container could then close it to everybody.
 */
import { chownSync, statSync } from "node:fs";

/** Puts the owner back. Called while the container's process still waits for its start. Never fails. */
export function restoreNull(): void {
  try {
    const { uid, gid } = statSync("/dev/null");
    if (uid !== 0 || gid !== 0) chownSync("/dev/null", 0, 0);
  } catch { /* not ours to change: nested in somebody's user namespace */ }
}
