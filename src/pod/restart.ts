import type { InputOf } from "../contract/kit.ts";
import type { PodReport } from "../contract/types/pod.ts";
import type { restart as operation } from "../contract/pod/restart.ts";
import type { EngineContext } from "../engine/context.ts";
import { emitPod } from "./emit.ts";
import { reportOf } from "./members.ts";
import { startMembers } from "./start.ts";
import { stopMembers } from "./stop.ts";

/** Stops what runs and starts everything. @throws not-found/no-such-pod */
export async function restart(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<PodReport> {
  const pod = context.state().pods.resolve(ref);
  using _lock = await context.lock("pod", pod.id, "read");
  const stopped = await stopMembers(context, pod);
  const errors = stopped.length > 0 ? stopped : await startMembers(context, pod);
  if (errors.length === 0) await emitPod(context, pod, "restart");
  return reportOf(pod, ref, errors);
}
