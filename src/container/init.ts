import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { init as operation } from "../contract/container/init.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { prepare } from "./prepare.ts";
import { sync } from "./sync.ts";
import { startDependencies } from "./start.ts";

/** @throws not-modified when it is initialized already, conflict/container-state when it runs */
export async function init(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  await startDependencies(context, id);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (record.state.status === "initialized") throw new EngineError("not-modified", `container ${id} has already been created in runtime: container state improper`, { reason: "container-state" });
  if (record.state.status !== "created" && record.state.status !== "stopped" && record.state.status !== "exited") throw stateImproper(`container ${id} has already been created in runtime`);
  await prepare(context, record);
}
