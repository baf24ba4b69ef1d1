import type { InputOf } from "../contract/kit.ts";
import type { exists as operation } from "../contract/image/exists.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookupImage } from "./lookup.ts";

/** @throws not-found/no-such-image */
export async function exists(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<void> { await lookupImage(context, ref); }
