import type { InputOf } from "../contract/kit.ts";
import type { exists as operation } from "../contract/volume/exists.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-volume when there is none */
export async function exists(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  context.state().volumes.resolve(ref);
}
