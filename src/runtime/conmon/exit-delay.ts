/**
 * conmon forks before it runs the exit command, and with --exit-delay the fork sleeps first. When the container is gone by then, the
 * command has nothing to do, and starting a whole engine to find that out costs more than removing the container did.
 */
import { readFileSync } from "node:fs";
import { signalProcess } from "../../sys/index.ts";

const sigKill = 9;

/** Ends the sleeping fork of a monitor; the monitor then ends by itself. Nothing happens when there is none, or when the command runs already. */
export function endExitDelay(monitorPid: number, containerId: string): void {
  if (monitorPid <= 0 || !isMonitorOf(monitorPid, containerId)) return;
  for (const pid of childrenOf(monitorPid)) {
    // After exec it has another name; a pid that was reused has another parent.
    try { signalProcess(pid, sigKill, () => isFork(pid, monitorPid)); } catch { /* not ours: it runs the command, and that copes */ }
  }
}

/** A pid file outlives its process, and pids come back. */
function isMonitorOf(pid: number, containerId: string): boolean {
  try { return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`\0-c\0${containerId}\0`); } catch { return false; }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter((word) => word !== "").map(Number);
  } catch { return []; }
}

function isFork(pid: number, monitorPid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").startsWith(`${pid} (conmon) `) && childrenOf(monitorPid).includes(pid);
  } catch { return false; }
}
