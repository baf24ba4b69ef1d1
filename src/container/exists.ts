import type { InputOf } from "../contract/kit.ts";
import { isEngineError } from "../base/errors.ts";
import type { exists as operation } from "../contract/container/exists.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-container when there is none */
export async function exists(context: EngineContext, { ref, external }: InputOf<typeof operation.input>): Promise<void> {
  try { context.containers().resolveId(ref); } catch (error) {
    if (external !== true || !isEngineError(error, "no-such-container")) throw error;
    (await context.store()).container(ref);
  }
}
