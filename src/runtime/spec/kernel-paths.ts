/** Paths of the kernel's file systems that a container may not see (masked) or not write (read-only), and --security-opt mask/unmask. */
import { readdirSync } from "node:fs";

const masked: readonly string[] = [
  "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
  "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux", "/proc/interrupts",
];
const readonly: readonly string[] = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

export interface PathRules { readonly privileged: boolean; readonly mask: readonly string[]; readonly unmask: readonly string[] }

export function kernelPaths({ privileged, mask, unmask }: PathRules): { readonly maskedPaths: string[]; readonly readonlyPaths: string[] } {
  const kept = (path: string): boolean => !isUnmasked(path, unmask);
  const wanted = mask.flatMap((entry) => entry.split(":")).filter((path) => path.startsWith("/"));
  return {
    maskedPaths: [...(privileged ? [] : [...masked, ...thermalPaths()].filter(kept)), ...wanted],
    readonlyPaths: privileged ? [] : readonly.filter(kept),
  };
}

/** One per processor; they tell about the load of neighbours. */
function thermalPaths(): string[] {
  const cpus = "/sys/devices/system/cpu";
  try {
    return readdirSync(cpus).filter((name) => /^cpu\d+$/.test(name)).flatMap((name) =>
      readdirSync(`${cpus}/${name}`).includes("thermal_throttle") ? [`${cpus}/${name}/thermal_throttle`] : []);
  } catch { return []; }
}

function isUnmasked(path: string, unmask: readonly string[]): boolean {
  return unmask.flatMap((entry) => entry.split(":")).some((pattern) => pattern.toLowerCase() === "all" || matchesPath(pattern, path));
}

/** Go's filepath.Match: `*` and `?` stop at slashes. */
function matchesPath(pattern: string, path: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|\\]/g, "\\$&").replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
  try { return new RegExp(`^${escaped}$`).test(path); } catch { return false; }
}

/** cgroup v2 only: `unmask=/sys/fs/cgroup` or ALL makes it writable. */
export function isCgroupUnmasked(unmask: readonly string[]): boolean {
  return unmask[0] === "ALL" || unmask.some((path) => path.replace(/\/+$/, "") === "/sys/fs/cgroup");
}
