import { isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { stop as operation } from "../contract/pod/stop.ts";
import { stop as stopContainer } from "../container/stop.ts";
import { isAlive } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { removeCgroup } from "./cgroup.ts";
import { emitPod } from "./emit.ts";
import type { PodRecord } from "../state/pod-record.ts";
import { membersOf, onEach, reportOf } from "./members.ts";

/** Stops those that run, the infra container last. @throws not-found/no-such-pod */
export async function stop(context: EngineContext, { ref, timeout }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  const errors = await stopMembers(context, pod, timeout);
  if (errors.length === 0) await emitPod(context, pod, "stop");
  return reportOf(pod, ref, errors);
}

/** Only with the pod's lock held. */
export async function stopMembers(context: EngineContext, pod: PodRecord, timeout?: number): Promise<readonly string[]> {
  const members = membersOf(context, pod).filter(({ state }) => isAlive(state.status) || state.status === "initialized");
  const stopOne = async (id: string): Promise<void> => {
    try { await stopContainer(context, { ref: id, ...(timeout === undefined ? {} : { timeout }) }); } catch (error) {
      if (!isEngineError(error, "not-modified") && !isEngineError(error, "no-such-container")) throw error;
    }
  };
  const errors = await onEach(pod, members.filter(({ id }) => id !== pod.infraId), async ({ id }) => stopOne(id));
  const all = [...errors, ...await onEach(pod, members.filter(({ id }) => id === pod.infraId), async ({ id }) => stopOne(id))];
  if (all.length === 0) await removeCgroup(context, pod);
  return all;
}
