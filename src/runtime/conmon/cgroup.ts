/**
 * conmon's own cgroup, so that it does not count against (and does not die with) the session that started it. Failures are not
 * errors: Podman only warns, and a container works without it.
 */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quietEnvironment } from "../../base/environment.ts";

const root = "/sys/fs/cgroup";

/**
 * cgroup v1: only where membership matters for a monitor (who ends it, whose memory and processes it counts to). Each move waits for
 * the kernel's other CPUs, 1 ms and more.
 */
const moved = /^(name=systemd|memory|pids)$/;

/**
 * cgroupfs: writes the pid into `path` below the mounted hierarchies, beside other work. False when none took it. No process of this
 * machine can fork while the kernel moves one, so do it before the monitor goes on, not while the runtime starts.
 */
export async function joinCgroup(path: string, pid: number): Promise<boolean> {
  return (await Promise.all(hierarchies().map(async (mount) => tryJoin(join(mount, path), pid)))).includes(true);
}

async function tryJoin(directory: string, pid: number): Promise<boolean> {
  try {
    mkdirSync(directory, { recursive: true });
    await writeFile(join(directory, "cgroup.procs"), String(pid));
    return true;
  } catch { return false; }
}

/** Mount points of the hierarchies this process is in. cgroup v2 alone: just the root. */
function hierarchies(): string[] {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const names = lines.map((line) => line.split(":")[1] ?? "").filter((name) => name !== "");
  if (names.length === 0) return [root];
  return names.filter((name) => moved.test(name)).map((name) => join(root, name.replace("name=", "").split(",")[0] ?? ""));
}

export interface ScopeRequest { readonly pid: number; readonly slice: string; readonly unit: string; readonly isUser: boolean }

/**
 * systemd: a transient scope for the pid, by busctl. Run beside the container's creation, with the pid of the monitor itself.
 * False when there is no systemd or it refused.
 */
export async function joinScope({ pid, slice, unit, isUser }: ScopeRequest): Promise<boolean> {
  const properties = ["PIDs", "au", "1", String(pid), "Slice", "s", slice, "Description", "s", `conmon of ${unit}`, "Delegate", "b", "true", "DefaultDependencies", "b", "false"];
  const argv = [
    "busctl", ...(isUser ? ["--user"] : []), "--quiet", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
    "StartTransientUnit", "ssa(sv)a(sa(sv))", unit, "replace", "5", ...properties, "0",
  ];
  try {
    if (await Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"], env: quietEnvironment() }).exited !== 0) return false;
    return isUser ? await arrival(pid, unit) : true;
  } catch { return false; }
}

/** A user's systemd has root's move the process, which takes longer than its answer. */
const maxArrivalMs = 2000;
async function arrival(pid: number, unit: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < maxArrivalMs; waitedMs++) {
    if (readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`/${unit}`)) return true;
    await Bun.sleep(1);
  }
  return false;
}

/** True when this process's cgroup (v2, or systemd's own hierarchy) belongs to its user, as below a delegated unit. */
export function ownsCurrentCgroup(): boolean {
  try {
    const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
    const unified = lines.find((line) => line.startsWith("0::"));
    const named = lines.find((line) => line.split(":")[1] === "name=systemd");
    const path = (unified ?? named ?? "").split(":").slice(2).join(":");
    return statSync(join(root, unified === undefined ? "systemd" : "", path)).uid === process.geteuid?.();
  } catch { return false; }
}
