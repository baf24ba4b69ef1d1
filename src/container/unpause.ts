import type { InputOf } from "../contract/kit.ts";
import type { unpause as operation } from "../contract/container/unpause.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { emitContainer, sync } from "./sync.ts";

/** Lets a paused container go on. @throws conflict/container-state unless it is paused */
export async function unpause(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  using _lock = await context.lock("container", id);
  const { state, config } = await sync(context, id);
  if (state.status !== "paused") throw stateImproper(`"${id}" is not paused, can't unpause`);
  await (await context.runtime(config.ociRuntime)).resume(id);
  const running = context.containers().setState(id, { status: "running" });
  if (config.health !== undefined) await (await import("../health/timer.ts")).replaceTimer(context, running, config.health.startup !== undefined && state.healthStartup?.passed !== true);
  await emitContainer(context, running, "unpause");
}
