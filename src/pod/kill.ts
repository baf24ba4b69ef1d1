import { parseSignal } from "../base/signals.ts";
import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { kill as operation } from "../contract/pod/kill.ts";
import { kill as killContainer } from "../container/kill.ts";
import { isAlive } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { emitPod } from "./emit.ts";
import { membersOf, onEach, reportOf } from "./members.ts";

/** Signals those that run. @throws not-found/no-such-pod, invalid-argument for no signal */
export async function kill(context: EngineContext, { ref, signal = "KILL" }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  parseSignal(signal);
  const errors = await onEach(pod, membersOf(context, pod).filter(({ state }) => isAlive(state.status)), async ({ id }) => killContainer(context, { ref: id, signal }));
  if (errors.length === 0) await emitPod(context, pod, "kill");
  return reportOf(pod, ref, errors);
}
