import type { InputOf } from "../contract/kit.ts";
import type { exists as operation } from "../contract/pod/exists.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-pod when there is none */
export async function exists(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> {
  await Promise.resolve(context.state().pods.resolveId(ref));
}
