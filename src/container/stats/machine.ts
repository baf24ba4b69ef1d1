/** The machine's side of statistics. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isErrno } from "../../base/errors.ts";
import type { InterfaceStats } from "../../contract/types/container-stats.ts";

/** What all processors did since the boot, idle or not, as Docker counts it. */
export function machineCpuNanos(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  // user nice system idle iowait irq softirq steal; guest times are in user and nice already.
  return line.trim().split(/\s+/).slice(1, 9).reduce((sum, ticks) => sum + Number(ticks), 0) * 1e7;
}

/** Processors that a process may use. */
export function processorsOf(pid: number): number {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
    return list.split(",").reduce((sum, range) => { const [from = 0, to = from] = range.split("-").map(Number); return sum + to - from + 1; }, 0);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return availableParallelism();
    throw error;
  }
}

export function machineMemory(): number {
  return Number(/^MemTotal:\s*(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) * 1024;
}

/** Of the network namespace that a process is in, without `lo`; null when the process is gone. No namespace is entered. */
export function interfacesOf(pid: number): Readonly<Record<string, InterfaceStats>> | null {
  let text: string;
  try { text = readFileSync(`/proc/${pid}/net/dev`, "utf8"); } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH", "EINVAL")) return null;
    throw error;
  }
  const found: Record<string, InterfaceStats> = {};
  for (const line of text.split("\n").slice(2)) {
    const [, name, numbers = ""] = /^\s*([^:]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || name === "lo") continue;
    const [rxBytes = 0, rxPackets = 0, rxErrors = 0, rxDropped = 0, , , , , txBytes = 0, txPackets = 0, txErrors = 0, txDropped = 0] = numbers.trim().split(/\s+/).map(Number);
    found[name] = { RxBytes: rxBytes, RxDropped: rxDropped, RxErrors: rxErrors, RxPackets: rxPackets, TxBytes: txBytes, TxDropped: txDropped, TxErrors: txErrors, TxPackets: txPackets };
  }
  return found;
}
