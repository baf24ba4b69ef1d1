import type { InputOf } from "../contract/kit.ts";
import type { pause as operation } from "../contract/container/pause.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { emitContainer, sync } from "./sync.ts";

/** Freezes every process of the container. @throws conflict/container-state unless it runs */
export async function pause(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  using _lock = await context.lock("container", id);
  const { state, config } = await sync(context, id);
  if (state.status === "paused") throw stateImproper(`"${id}" is already paused`, "container-paused");
  if (state.status !== "running") throw stateImproper(`"${state.status}" is not running, can't pause`, "container-not-running");
  await (await context.runtime(config.ociRuntime)).pause(id);
  await emitContainer(context, context.containers().setState(id, { status: "paused" }), "pause");
}
