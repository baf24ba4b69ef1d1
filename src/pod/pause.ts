import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { pause as operation } from "../contract/pod/pause.ts";
import { pause as pauseContainer } from "../container/pause.ts";
import type { EngineContext } from "../engine/context.ts";
import { emitPod } from "./emit.ts";
import { membersOf, onEach, reportOf } from "./members.ts";

/** Freezes those that run. @throws not-found/no-such-pod */
export async function pause(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  const errors = await onEach(pod, membersOf(context, pod).filter(({ state }) => state.status === "running"), async ({ id }) => pauseContainer(context, { ref: id }));
  if (errors.length === 0) await emitPod(context, pod, "pause");
  return reportOf(pod, ref, errors);
}
