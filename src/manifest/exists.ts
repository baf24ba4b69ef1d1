import type { InputOf } from "../contract/kit.ts";
import type { exists as operation } from "../contract/manifest/exists.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookupImage } from "../image/lookup.ts";

/** @throws not-found/no-such-image, failed-precondition for an image that is no list */
export async function exists(context: EngineContext, { name }: InputOf<typeof operation.input>): Promise<void> { await lookupImage(context, name, { list: "only" }); }
