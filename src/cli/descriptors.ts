/** Descriptors of the caller that the process inside keeps: `--preserve-fd` and `--preserve-fds`. */
import { readFileSync } from "node:fs";
import { usage } from "./flag-values.ts";

/** @throws invalid-argument for one that the caller did not pass */
export function checkDescriptors({ preserveFd = [], preserveFds }: { readonly preserveFd?: readonly string[] | undefined; readonly preserveFds: number }): void {
  const refuse = (fd: number | string, flag: string): void => { throw usage(`file descriptor ${fd} is not available - the ${flag} option requires that file descriptors must be passed`); };
  for (const fd of preserveFd) if (!isInherited(Number(fd))) refuse(fd, "preserve-fd");
  for (let fd = firstOwn; fd < firstOwn + preserveFds; fd++) if (!isInherited(fd)) refuse(fd, "preserve-fds");
}

/** After the standard streams. */
const firstOwn = 3;

const closeOnExec = 0o2000000;

/** What this program opened itself is closed on exec; what it was given is not (proc_pid_fdinfo(5)). */
function isInherited(fd: number): boolean {
  try { return (Number.parseInt(/^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "", 8) & closeOnExec) === 0; } catch { return false; }
}
