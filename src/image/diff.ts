import type { ContainerChange } from "../contract/container/diff.ts";
import type { diff as operation } from "../contract/image/diff.ts";
import type { InputOf } from "../contract/kit.ts";
import { diff as layerDiff } from "../container/diff.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-image */
export async function diff(context: EngineContext, { ref, parent }: InputOf<typeof operation.input>): Promise<readonly ContainerChange[]> {
  return layerDiff(context, { ref, parent, diffType: "image" });
}
