import { EngineError, isEngineError, within } from "../../base/errors.ts";
import type { CallOptions, InputOf } from "../../contract/kit.ts";
import type { stats as operation } from "../../contract/container/stats.ts";
import type { ContainerStats, StatsReport } from "../../contract/types/container-stats.ts";
import type { EngineContext } from "../../engine/context.ts";
import { selectRecords } from "../list.ts";
import { present } from "../observe.ts";
import type { ContainerRecord } from "../record.ts";
import { pause } from "../../base/pause.ts";
import { reportOf, sampleOf, type Sample } from "./sample.ts";

type Input = InputOf<typeof operation.input>;
const defaultSeconds = 5;

export async function* stats(context: EngineContext, input: Input, { signal }: CallOptions = {}): AsyncGenerator<StatsReport> {
  const { stream = true, interval = defaultSeconds } = input;
  if (interval < 1) throw new EngineError("invalid-argument", "invalid interval, must be a positive number greater zero");
  let before: ReadonlyMap<string, Sample> = new Map();
  while (signal?.aborted !== true) {
    const now = new Map<string, Sample>();
    yield { Error: null, Stats: selected(context, input).flatMap((record) => reportUnless(context, record, input, before, now)) };
    if (!stream) return;
    before = now;
    await pause(interval * 1000, signal);
  }
}

const isNamed = ({ containers = [] }: Input): boolean => containers.length > 0;

function selected(context: EngineContext, input: Input): readonly ContainerRecord[] {
  if (!isNamed(input)) return selectRecords(context, {}, input.all === true);
  return (input.containers ?? []).map((ref) => {
    try { return present(context, context.containers().resolve(ref)); } catch (error) { throw within(`unable to get list of containers: unable to look up container ${ref}`, error); }
  });
}

/** Nothing of a container without a group, unless it was named. */
function reportUnless(context: EngineContext, record: ContainerRecord, input: Input, before: ReadonlyMap<string, Sample>, now: Map<string, Sample>): readonly ContainerStats[] {
  let sample: Sample | undefined;
  try { sample = sampleOf(context, record); } catch (error) {
    if (!isNamed(input) && isEngineError(error, "failed-precondition") && !context.config.rootless) return [];
    throw error;
  }
  if (sample !== undefined) now.set(record.id, sample);
  return [reportOf(record, sample, before.get(record.id))];
}
