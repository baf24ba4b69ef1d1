import type { InputOf } from "../contract/kit.ts";
import type { resize as operation } from "../contract/container/resize.ts";
import type { EngineContext } from "../engine/context.ts";
import { resize as writeSize } from "../runtime/attach.ts";
import { attachSocketOf } from "../runtime/prepare.ts";
import { stateImproper } from "./errors.ts";
import { observe } from "./observe.ts";
import { pathsOf } from "./paths.ts";
import { isAlive } from "./record.ts";

/** @throws conflict/container-state when it neither runs nor is initialized */
export async function resize(context: EngineContext, { ref, height = 0, width = 0 }: InputOf<typeof operation.input>): Promise<void> {
  const { record } = observe(context, context.containers().resolve(ref));
  if (!isAlive(record.state.status) && record.state.status !== "initialized") throw stateImproper("can only resize created or running containers", "container-not-running");
  if (!record.config.terminal) return;
  writeSize(attachSocketOf(pathsOf(context, record)), { height, width });
}
