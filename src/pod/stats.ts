import { EngineError, isEngineError, within } from "../base/errors.ts";
import { shortId } from "../base/ids.ts";
import { pause } from "../base/pause.ts";
import { reportOf, sampleOf } from "../container/stats/sample.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { stats as operation } from "../contract/pod/stats.ts";
import type { ContainerStats } from "../contract/types/container-stats.ts";
import type { PodStats } from "../contract/types/pod.ts";
import type { EngineContext } from "../engine/context.ts";
import { binarySize, humanSize } from "../formats/go/human.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { membersOf } from "./members.ts";

type Input = InputOf<typeof operation.input>;
const defaultSeconds = 5;

/** Ends on a pod that is gone after the first report. @throws not-found/no-such-pod, invalid-argument, failed-precondition for containers without cgroup */
export async function* stats(context: EngineContext, input: Input, { signal }: CallOptions = {}): AsyncGenerator<readonly PodStats[]> {
  const { stream = false, delay = defaultSeconds } = input;
  if (delay < 1) throw new EngineError("invalid-argument", "invalid delay, must be a positive number greater zero");
  yield look(context, input);
  while (stream) {
    await pause(delay * 1000, signal);
    if (signal?.aborted === true) return;
    let report: readonly PodStats[];
    try { report = look(context, input); } catch (error) {
      if (isEngineError(error, "no-such-pod")) return;
      throw error;
    }
    yield report;
  }
}

function look(context: EngineContext, input: Input): readonly PodStats[] {
  return selected(context, input).flatMap((pod) => membersOf(context, pod).map((member) => toRow(pod, reportOf(member, sampleOf(context, member), undefined))));
}

function selected(context: EngineContext, { pods: refs = [], all = false }: Input): readonly PodRecord[] {
  const { pods } = context.state();
  if (refs.length === 0) return pods.list();
  if (all) throw new EngineError("invalid-argument", "--all, --latest and arguments cannot be used together");
  return refs.map((ref) => { try { return pods.resolve(ref); } catch (error) { throw within("unable to get list of pods", error); } });
}

const percent = (value: number): string => `${value.toFixed(2)}%`;
const pair = (format: (bytes: number) => string, left: number, right: number): string => (left === 0 && right === 0 ? "-- / --" : `${format(left)} / ${format(right)}`);

function toRow(pod: PodRecord, { CPU, MemUsage, MemLimit, MemPerc, Network, BlockInput, BlockOutput, PIDs, ContainerID, Name }: ContainerStats): PodStats {
  const interfaces = Object.values(Network ?? {});
  const received = interfaces.reduce((sum, { RxBytes }) => sum + RxBytes, 0);
  const sent = interfaces.reduce((sum, { TxBytes }) => sum + TxBytes, 0);
  return {
    CPU: percent(CPU), MemUsage: pair(humanSize, MemUsage, MemLimit), MemUsageBytes: pair(binarySize, MemUsage, MemLimit), Mem: percent(MemPerc), NetIO: pair(humanSize, received, sent),
    BlockIO: pair(humanSize, BlockInput, BlockOutput), PIDS: PIDs === 0 ? "--" : String(PIDs), Pod: shortId(pod.id), CID: shortId(ContainerID), Name,
  };
}
