import { EngineError, isEngineError } from "../../base/errors.ts";
import type { CallOptions, InputOf } from "../../contract/kit.ts";
import type { usage as operation } from "../../contract/container/usage.ts";
import type { ContainerUsage, CpuUsage } from "../../contract/types/container-stats.ts";
import type { EngineContext } from "../../engine/context.ts";
import { present } from "../observe.ts";
import type { ContainerRecord } from "../record.ts";
import { machineCpuNanos, processorsOf } from "./machine.ts";
import { pause } from "../../base/pause.ts";
import { reportOf, sampleOf, type Sample } from "./sample.ts";

/** What Docker's clients expect; they compute a percentage from two reports. */
const periodMillis = 1000;
/** Go's zero time. */
const never = "0001-01-01T00:00:00Z";

interface Look { readonly record: ContainerRecord; readonly sample?: Sample; readonly cpu: CpuUsage; readonly read: string }

export async function* usage(context: EngineContext, { ref, stream = true, oneShot = false }: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<ContainerUsage> {
  if (stream && oneShot) throw new EngineError("invalid-argument", "invalid argument");
  const { id } = context.containers().resolve(ref);
  let before: Look | undefined;
  if (!oneShot && !stream) {
    before = lookAt(context, id);
    if (before?.sample !== undefined) await pause(periodMillis, signal);
  }
  for (;;) {
    const now = lookAt(context, id, before);
    if (now === undefined || signal?.aborted === true) return;
    yield toUsage(now, before);
    if (!stream) return;
    before = now;
    await pause(periodMillis, signal);
  }
}

/** undefined once it is gone. */
function lookAt(context: EngineContext, id: string, before?: Look): Look | undefined {
  try {
    const record = present(context, context.containers().resolve(id));
    const sample = sampleOf(context, record);
    if (sample === undefined) return { record, cpu: noCpu, read: never };
    const { CPU: cpu } = reportOf(record, sample, before?.sample);
    return { record, sample, cpu: cpuUsage(sample, cpu, processorsOf(record.state.pid ?? 0)), read: new Date().toISOString() };
  } catch (error) {
    if (isEngineError(error, "no-such-container")) return undefined;
    throw error;
  }
}

const noCpu: CpuUsage = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, cpu: 0, throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } };

function cpuUsage({ cpuNanos, cpuKernelNanos, perCpuNanos, throttling }: Sample, cpu: number, processors: number): CpuUsage {
  return {
    cpu_usage: { total_usage: cpuNanos, ...(perCpuNanos === undefined ? {} : { percpu_usage: perCpuNanos }), usage_in_kernelmode: cpuKernelNanos, usage_in_usermode: Math.max(0, cpuNanos - cpuKernelNanos) },
    system_cpu_usage: machineCpuNanos(), online_cpus: processors, cpu, throttling_data: throttling,
  };
}

function toUsage({ record, sample, cpu, read }: Look, before: Look | undefined): ContainerUsage {
  return {
    read, preread: before?.read ?? never, pids_stats: sample === undefined ? {} : { current: sample.pids, ...(sample.pidsLimit === undefined ? {} : { limit: sample.pidsLimit }) },
    blkio_stats: {
      io_service_bytes_recursive: sample?.io ?? null, io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null, io_wait_time_recursive: null,
      io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null,
    },
    num_procs: 0, storage_stats: {}, cpu_stats: cpu, precpu_stats: before?.cpu ?? noCpu, memory_stats: memoryUsage(sample), name: record.name, Id: record.id,
    ...(sample?.networks ? { networks: Object.fromEntries(Object.entries(sample.networks).map(([name, stats]) => [name, {
      rx_bytes: stats.RxBytes, rx_packets: stats.RxPackets, rx_errors: stats.RxErrors, rx_dropped: stats.RxDropped,
      tx_bytes: stats.TxBytes, tx_packets: stats.TxPackets, tx_errors: stats.TxErrors, tx_dropped: stats.TxDropped,
    }])) } : {}),
  };
}

/** With the kernel's table: clients take what is cache out of `usage` themselves. */
function memoryUsage(sample: Sample | undefined): ContainerUsage["memory_stats"] {
  if (sample === undefined) return {};
  const { usage: used, max, failures, stats } = sample.memory;
  return { usage: used, ...(max === undefined ? {} : { max_usage: max }), stats, ...(failures === undefined ? {} : { failcnt: failures }), limit: sample.memoryLimit };
}
