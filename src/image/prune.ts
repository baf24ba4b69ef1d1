import type { InputOf } from "../contract/kit.ts";
import { messageOf } from "../base/errors.ts";
import type { prune as operation } from "../contract/image/prune.ts";
import type { PrunedImage } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { imageSize } from "./facts.ts";
import { familyOf } from "./family.ts";
import { filterImages } from "./filter.ts";
import { removeOne, type Removed } from "./remove.ts";

/** Removes unused images until none is left: a removed one may leave its parent unused. @throws invalid-argument for filters */
export async function prune(context: EngineContext, { all, external, filters = {} }: InputOf<typeof operation.input>): Promise<readonly PrunedImage[]> {
  const store = await context.store();
  const wanted = { ...filters, readonly: ["false"], containers: [external === true ? "external" : "false"], ...(all === true || filters["dangling"] !== undefined ? {} : { dangling: ["true"] }) };
  const pruned: PrunedImage[] = [];
  for (;;) {
    const victims = await filterImages(context, store, familyOf(store), wanted);
    const before = pruned.length;
    for (const { image } of victims.filter(({ image: { id } }) => !pruned.some(({ Id }) => Id === id))) {
      const size = imageSize(store, image);
      const done = new Map<string, Removed>();
      try { await removeOne(context, image.id, "", { force: external }, done); } catch (error) { pruned.push({ Id: image.id, Size: 0, Err: messageOf(error) }); continue; }
      pruned.push({ Id: image.id, Size: size });
    }
    if (pruned.length === before) return pruned;
  }
}
