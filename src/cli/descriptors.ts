/** Descriptors of the caller that the process inside keeps: `--preserve-fd` and `--preserve-fds`. */
import { readlinkSync } from "node:fs";
import { usage } from "./flag-values.ts";

/** @throws invalid-argument for one that the caller did not pass */
export function checkDescriptors({ preserveFd = [], preserveFds }: { readonly preserveFd?: readonly string[] | undefined; readonly preserveFds: number }): void {
  const refuse = (fd: number | string, flag: string): void => { throw usage(`file descriptor ${fd} is not available - the ${flag} option requires that file descriptors must be passed`); };
  for (const fd of preserveFd) if (!isInherited(Number(fd))) refuse(fd, "preserve-fd");
  for (let fd = firstOwn; fd < firstOwn + preserveFds; fd++) if (!isInherited(fd)) refuse(fd, "preserve-fds");
}

/** After the standard streams. */
const firstOwn = 3;

/**
 * The runtime marks every descriptor close-on-exec when it starts, so that says nothing. What it opened itself by then are events and
 * timers, which nobody passes on, and the program's own file.
 */
function isInherited(fd: number): boolean {
  try {
    const target = readlinkSync(`/proc/self/fd/${fd}`);
    return !target.startsWith("anon_inode:") && target !== process.execPath;
  } catch { return false; }
}
