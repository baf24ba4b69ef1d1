import type { InputOf } from "../contract/kit.ts";
import type { exists as operation } from "../contract/network/exists.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-network when there is none */
export async function exists(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  await (await context.networks()).inspect(ref);
}
