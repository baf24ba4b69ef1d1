/** One look at one container. */
import { EngineError } from "../../base/errors.ts";
import type { ContainerStats, InterfaceStats } from "../../contract/types/container-stats.ts";
import type { EngineContext } from "../../engine/context.ts";
import { filesystemMagic, statFilesystem } from "../../sys/index.ts";
import type { ContainerRecord } from "../record.ts";
import { cgroupUsage, type CgroupUsage } from "./cgroup.ts";
import { interfacesOf, machineMemory } from "./machine.ts";

export interface Sample extends CgroupUsage {
  /** Nanoseconds since 1970. */
  readonly at: number;
  readonly memoryLimit: number;
  readonly networks: Readonly<Record<string, InterfaceStats>> | null;
}

/** undefined when it does not run (any more). @throws failed-precondition when nothing counts for it */
export function sampleOf(context: EngineContext, { id, config, state }: ContainerRecord): Sample | undefined {
  if (config.create.resources?.cgroups === "disabled") throw new EngineError("failed-precondition", `cannot run top on container ${id} as it did not create a cgroup: this container does not have a cgroup`);
  if ((state.status !== "running" && state.status !== "paused") || state.pid === undefined) return undefined;
  if (context.config.rootless && statFilesystem("/sys/fs/cgroup").magic !== filesystemMagic["cgroup2"]) throw new EngineError("failed-precondition", "stats is not supported in rootless mode without cgroups v2");
  const usage = cgroupUsage(state.pid, id);
  if (usage === undefined) return undefined;
  const total = machineMemory();
  const { mode } = config.network;
  return {
    ...usage, at: Date.now() * 1e6, memoryLimit: Math.min(usage.memory.limit ?? total, total),
    networks: mode === "host" || mode === "none" ? null : interfacesOf(state.pid),
  };
}

/** A report, with percentages since `before` or else since the start. */
export function reportOf({ id, name, state }: ContainerRecord, sample: Sample | undefined, before: Sample | undefined): ContainerStats {
  if (sample === undefined) return { ...nothing, ContainerID: id, Name: name };
  const started = Date.parse(state.startedAt ?? "") * 1e6;
  // A smaller count than before is another run's.
  const since = before === undefined || before.cpuNanos > sample.cpuNanos ? { cpuNanos: 0, at: started } : before;
  const used = Math.max(0, sample.memory.usage - sample.memory.droppable);
  const sum = (word: string): number => sample.io.reduce((total, { op, value }) => (op.toLowerCase() === word ? total + value : total), 0);
  return {
    AvgCPU: percent(sample.cpuNanos, sample.at - started), ContainerID: id, Name: name, PerCPU: null, CPU: percent(sample.cpuNanos - since.cpuNanos, sample.at - since.at),
    CPUNano: sample.cpuNanos, CPUSystemNano: sample.cpuKernelNanos, SystemNano: sample.at, MemUsage: used, MemLimit: sample.memoryLimit,
    MemPerc: percent(used, sample.memoryLimit), Network: sample.networks, BlockInput: sum("read"), BlockOutput: sum("write"), PIDs: sample.pids,
    UpTime: sample.cpuNanos, Duration: sample.cpuNanos,
  };
}

const percent = (part: number, whole: number): number => (part > 0 && whole > 0 ? part / whole * 100 : 0);

const nothing: Omit<ContainerStats, "ContainerID" | "Name"> = {
  AvgCPU: 0, PerCPU: null, CPU: 0, CPUNano: 0, CPUSystemNano: 0, SystemNano: 0, MemUsage: 0, MemLimit: 0, MemPerc: 0, Network: null, BlockInput: 0, BlockOutput: 0, PIDs: 0, UpTime: 0, Duration: 0,
};
