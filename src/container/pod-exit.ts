/** `--exit-policy stop`: a pod in which only the infra container is left ends (podman-pod-create(1)). */
import { isEngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { present } from "./observe.ts";
import { stop } from "./stop.ts";

const ended: ReadonlySet<string> = new Set(["exited", "stopped", "removing", "stopping"]);

/** Call it without any container's lock. Idempotent; a pod that is not there or goes on is left alone. */
export async function stopIfAlone(context: EngineContext, podId: string): Promise<void> {
  const pod = context.state().pods.get(podId);
  if (pod?.exitPolicy !== "stop" || pod.infraId === undefined) return;
  const table = context.containers();
  const others = table.usersOf("pod", podId).filter((id) => id !== pod.infraId).flatMap((id) => table.get(id) ?? []);
  if (!others.every((record) => ended.has(present(context, record).state.status))) return;
  try { await stop(context, { ref: pod.infraId, ignore: true }); } catch (error) { if (!isEngineError(error, "not-modified")) throw error; }
}
