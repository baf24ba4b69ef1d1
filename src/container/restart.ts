import { isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { restart as operation } from "../contract/container/restart.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { startDependencies, startLocked } from "./start.ts";
import { stop } from "./stop.ts";
import { emitContainer, sync } from "./sync.ts";

/** Stops it if it runs and starts it again. @throws conflict/container-paused, and what stop and start say */
export async function restart(context: EngineContext, { ref, timeout }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  await startDependencies(context, id);
  try {
    await stop(context, { ref: id, ...(timeout === undefined ? {} : { timeout }) });
  } catch (error) {
    if (isEngineError(error, "container-paused")) throw stateImproper("unable to restart a container in a paused or unknown state", "container-paused");
    if (!isEngineError(error, "not-modified")) throw error;
  }
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (record.state.status === "running") return;
  await emitContainer(context, record, "restart");
  await startLocked(context, record);
}
