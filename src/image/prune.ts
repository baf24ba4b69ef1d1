import type { InputOf } from "../contract/kit.ts";
import { messageOf } from "../base/errors.ts";
import type { prune as operation } from "../contract/image/prune.ts";
import type { PruneReport } from "../contract/types/container-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { imageSize } from "./facts.ts";
import { familyOf } from "./family.ts";
import { filterImages } from "./filter.ts";
import { removeOne, type Removed } from "./remove.ts";

type Input = InputOf<typeof operation.input>;

/**
 * Removes unused images until none is left: a removed one may leave its parent unused. With `all` or `buildCache` the cache of
 * builds goes too. @throws invalid-argument for filters
 */
export async function prune(context: EngineContext, input: Input): Promise<readonly PruneReport[]> {
  const store = await context.store();
  const wanted = filtersFor(input);
  const pruned = new Map<string, PruneReport>();
  for (;;) {
    const victims = (await filterImages(context, store, familyOf(store), wanted)).filter(({ image }) => !pruned.has(image.id));
    if (victims.length === 0) break;
    for (const { image } of victims) {
      // Others may have taken it away meanwhile, also by removing its last child.
      const done = new Map<string, Removed>();
      const Size = imageSize(store, image);
      try { await removeOne(context, image.id, "", { force: input.external }, done); } catch (error) { pruned.set(image.id, { Id: image.id, Err: messageOf(error), Size: 0 }); continue; }
      pruned.set(image.id, { Id: image.id, Err: null, Size });
    }
  }
  if (input.all === true || input.buildCache === true) await (await import("./build-cache.ts")).removeBuildCache(context);
  return [...pruned.values()];
}

function filtersFor({ all, external, filters = {} }: Input): Readonly<Record<string, readonly string[]>> {
  const { all: byFilter, ...rest } = filters;
  const isAll = all === true || (byFilter ?? []).some((value) => value === "true" || value === "1");
  return { ...rest, readonly: ["false"], containers: [external === true ? "external" : "false"], ...(isAll || rest["dangling"] !== undefined ? {} : { dangling: ["true"] }) };
}
