import type { InputOf } from "../contract/kit.ts";
import type { pause as operation } from "../contract/container/pause.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { emitContainer, sync } from "./sync.ts";

/** Freezes every process of the container. @throws conflict/container-state unless it runs */
export async function pause(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  const { state, config } = record;
  if (state.status === "paused") throw stateImproper(`"${id}" is already paused`, "container-paused");
  if (state.status !== "running") throw stateImproper(`"${state.status}" is not running, can't pause`, "container-not-running");
  await (await context.runtime(config.ociRuntime)).pause(id);
  const paused = context.containers().setState(id, { status: "paused", healthTimer: undefined });
  // Checks of what is frozen could only fail.
  if (state.healthTimer !== undefined) await (await import("../health/timer.ts")).endTimer(context, record);
  await emitContainer(context, paused, "pause");
}
