import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { remove as operation } from "../contract/exec/remove.ts";
import type { EngineContext } from "../engine/context.ts";
import { signalProcess, waitForProcess } from "../sys/index.ts";
import { finishSession, observeSession } from "./session.ts";

const sigKill = 9;

/** @throws conflict/container-state for a running session without `force` */
export async function remove(context: EngineContext, { id, force }: InputOf<typeof operation.input>): Promise<void> {
  const { containerId, state } = observeSession(context, context.state().exec.resolve(id));
  if (state.status === "running") {
    if (force !== true) throw new EngineError("conflict", `container ${containerId} exec session ${id} is still running, cannot remove: exec session state improper`, { reason: "container-state" });
    await end(context, id, state.pid ?? 0);
  }
  await finishSession(context, id, { forget: true });
}

async function end(context: EngineContext, id: string, pid: number): Promise<void> {
  const runs = (): boolean => observeSession(context, context.state().exec.resolve(id)).state.status === "running";
  if (signalProcess(pid, sigKill, runs)) await waitForProcess(pid);
}
