/** What a control group has used, in version 1, 2 or a mixture. Paths come from the kernel; nothing of the container is asked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../base/errors.ts";
import type { BlockUsage } from "../../contract/types/container-stats.ts";
import { filesystemMagic, statFilesystem } from "../../sys/index.ts";

/** Bytes and nanoseconds. What the kernel does not count is 0. */
export interface CgroupUsage {
  readonly cpuNanos: number;
  readonly cpuKernelNanos: number;
  readonly perCpuNanos?: readonly number[];
  readonly throttling: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number };
  readonly memory: { readonly usage: number; readonly max?: number; readonly limit?: number; readonly failures?: number; readonly stats: Readonly<Record<string, number>>; readonly droppable: number };
  readonly pids: number;
  readonly pidsLimit?: number;
  readonly io: readonly BlockUsage[];
}

const root = "/sys/fs/cgroup";
const hertz = 100;

/** undefined when the process is gone. */
export function cgroupUsage(pid: number, containerId: string): CgroupUsage | undefined {
  let lines: readonly string[];
  try { lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n"); } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
  const folders = foldersOf(lines, containerId);
  return { ...cpuOf(folders), memory: memoryOf(folders), ...pidsOf(folders), io: ioOf(folders) };
}

/** Directory by controller of version 1, and that of version 2 as "". */
type Folders = ReadonlyMap<string, string>;

/** The group that was made for the container, where its processes made groups below. */
function foldersOf(lines: readonly string[], containerId: string): Folders {
  const isUnified = statFilesystem(root).magic === filesystemMagic["cgroup2"];
  const made = new RegExp(`^(.*/libpod-(?:payload-)?${containerId}(?:\\.scope)?)/.*$`);
  const folders = new Map<string, string>();
  for (const line of lines) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    // Another namespace's root is above ours: what is mounted here begins there.
    const own = path.replace(/^(?:\/\.\.)+(?=\/|$)/, "").replace(made, "$1");
    if (own.split("/").includes("..")) continue;
    for (const controller of controllers.split(",")) folders.set(controller, join(root, controller === "" ? (isUnified ? "" : "unified") : controller, own));
  }
  return folders;
}

function read(folders: Folders, controller: string, file: string): string | undefined {
  const folder = folders.get(controller);
  if (folder === undefined) return undefined;
  try { return readFileSync(join(folder, file), "utf8").trim(); } catch (error) {
    if (isErrno(error, "ENOENT", "ENODEV", "ENOTSUP", "EOPNOTSUPP", "EACCES")) return undefined;
    throw error;
  }
}
/** undefined for `max` and for what is not there. */
function number(folders: Folders, controller: string, file: string): number | undefined {
  const text = read(folders, controller, file);
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
/** `name value` lines. */
function table(text: string | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries((text ?? "").split("\n").flatMap((line) => { const [name = "", value] = line.split(" "); return value === undefined ? [] : [[name, Number(value)] as const]; }));
}

function cpuOf(folders: Folders): Pick<CgroupUsage, "cpuNanos" | "cpuKernelNanos" | "perCpuNanos" | "throttling"> {
  if (folders.has("cpuacct")) {
    const ticks = table(read(folders, "cpuacct", "cpuacct.stat"));
    const stat = table(read(folders, "cpu", "cpu.stat"));
    return {
      cpuNanos: number(folders, "cpuacct", "cpuacct.usage") ?? 0, cpuKernelNanos: (ticks["system"] ?? 0) * (1e9 / hertz),
      perCpuNanos: (read(folders, "cpuacct", "cpuacct.usage_percpu") ?? "").split(" ").filter((text) => text !== "").map(Number),
      throttling: { periods: stat["nr_periods"] ?? 0, throttled_periods: stat["nr_throttled"] ?? 0, throttled_time: stat["throttled_time"] ?? 0 },
    };
  }
  const stat = table(read(folders, "", "cpu.stat"));
  return {
    cpuNanos: (stat["usage_usec"] ?? 0) * 1000, cpuKernelNanos: (stat["system_usec"] ?? 0) * 1000,
    throttling: { periods: stat["nr_periods"] ?? 0, throttled_periods: stat["nr_throttled"] ?? 0, throttled_time: (stat["throttled_usec"] ?? 0) * 1000 },
  };
}

/** A limit of version 1 that is none: the largest multiple of a page. */
const noLimit = 2 ** 60;

function memoryOf(folders: Folders): CgroupUsage["memory"] {
  if (folders.has("memory")) {
    const stats = table(read(folders, "memory", "memory.stat"));
    const limit = number(folders, "memory", "memory.limit_in_bytes");
    return {
      usage: number(folders, "memory", "memory.usage_in_bytes") ?? 0, max: number(folders, "memory", "memory.max_usage_in_bytes") ?? 0, failures: number(folders, "memory", "memory.failcnt") ?? 0,
      ...(limit === undefined || limit >= noLimit ? {} : { limit }), stats, droppable: stats["total_inactive_file"] ?? 0,
    };
  }
  const stats = table(read(folders, "", "memory.stat"));
  const limit = number(folders, "", "memory.max");
  return { usage: number(folders, "", "memory.current") ?? 0, ...(limit === undefined ? {} : { limit }), stats, droppable: stats["inactive_file"] ?? 0 };
}

function pidsOf(folders: Folders): Pick<CgroupUsage, "pids" | "pidsLimit"> {
  const controller = folders.has("pids") ? "pids" : "";
  const limit = number(folders, controller, "pids.max");
  return { pids: number(folders, controller, "pids.current") ?? 0, ...(limit === undefined ? {} : { pidsLimit: limit }) };
}

function ioOf(folders: Folders): readonly BlockUsage[] {
  if (folders.has("blkio")) return (read(folders, "blkio", "blkio.throttle.io_service_bytes_recursive") ?? read(folders, "blkio", "blkio.throttle.io_service_bytes") ?? "").split("\n").flatMap((line) => {
    const [, major, minor, op = "", value] = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line) ?? [];
    return value === undefined ? [] : [{ major: Number(major), minor: Number(minor), op, value: Number(value) }];
  });
  const operations: Readonly<Record<string, string>> = { rbytes: "read", wbytes: "write" };
  return (read(folders, "", "io.stat") ?? "").split("\n").flatMap((line) => {
    const [, major, minor, rest = ""] = /^(\d+):(\d+) (.*)$/.exec(line) ?? [];
    return rest.split(" ").flatMap((pair) => { const [name = "", value] = pair.split("="); const op = operations[name]; return op === undefined || value === undefined ? [] : [{ major: Number(major), minor: Number(minor), op, value: Number(value) }]; });
  });
}
