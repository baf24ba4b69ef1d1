import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { unpause as operation } from "../contract/pod/unpause.ts";
import { unpause as unpauseContainer } from "../container/unpause.ts";
import type { EngineContext } from "../engine/context.ts";
import { emitPod } from "./emit.ts";
import { membersOf, onEach, reportOf } from "./members.ts";

/** Lets those that are frozen go on. @throws not-found/no-such-pod */
export async function unpause(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  const errors = await onEach(pod, membersOf(context, pod).filter(({ state }) => state.status === "paused"), async ({ id }) => unpauseContainer(context, { ref: id }));
  if (errors.length === 0) await emitPod(context, pod, "unpause");
  return reportOf(pod, ref, errors);
}
