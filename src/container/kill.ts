import type { InputOf } from "../contract/kit.ts";
import type { kill as operation } from "../contract/container/kill.ts";
import { parseSignal } from "../base/signals.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { isAlive } from "./record.ts";
import { sendSignal } from "./signal.ts";
import { emitContainer, sync } from "./sync.ts";
import { waitForEnd } from "./wait-end.ts";

const sigKill = 9;
const killTimeoutMs = 5000;

/**
 * Signals the first process. With SIGKILL it returns when the process has ended.
 * @throws invalid-argument for no signal, conflict/container-state when it does not run
 */
export async function kill(context: EngineContext, { ref, signal = "KILL" }: InputOf<typeof operation.input>): Promise<void> {
  const number = parseSignal(signal);
  const id = context.containers().resolveId(ref);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (!isAlive(record.state.status)) throw stateImproper(`can only kill running containers. ${id} is in state ${record.state.status}`, "container-not-running");
  // Before the signal: the clean-up that it causes must see it.
  const marked = context.containers().setState(id, { stoppedByUser: true });
  await sendSignal(context, record, number);
  await emitContainer(context, marked, "kill");
  if (number !== sigKill) return;
  await waitForEnd(context, record, killTimeoutMs);
  await sync(context, id);
}
