import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { history as operation } from "../contract/image/history.ts";
import type { HistoryLayer } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { layersOf, readImage } from "./facts.ts";
import { lookupImage } from "./lookup.ts";

/** Newest first. A step gets the id and the names of the images that end at its layer. @throws not-found/no-such-image */
export async function history(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<readonly HistoryLayer[]> {
  const store = await context.store();
  const { image } = await lookupImage(context, ref);
  const steps = (readImage(store, image).config.history ?? []).toReversed();
  const byTop = Map.groupBy(store.images(), (other) => other.topLayer ?? "");
  const layers = [...layersOf(store, image)];
  const usedIds = new Set<string>();
  return steps.map((step) => {
    const [layer] = layers;
    const owners = layer === undefined ? [] : byTop.get(layer.id) ?? [];
    const [owner] = owners;
    const isNew = owner !== undefined && !usedIds.has(owner.id);
    if (isNew) usedIds.add(owner.id);
    if (step.empty_layer !== true) {
      if (layer === undefined) throw new EngineError("failed-precondition", `no layer left for non-empty history entry: ${step.created_by ?? ""}`);
      layers.shift();
    }
    const tags = owners.flatMap((other) => other.names);
    return {
      Id: isNew ? owner.id : "<missing>", Created: step.created === undefined ? 0 : Math.floor(Date.parse(step.created) / 1000), CreatedBy: step.created_by ?? "",
      Tags: tags.length === 0 ? null : tags, Size: step.empty_layer === true ? 0 : layer?.diffSizeBytes ?? 0, Comment: step.comment ?? "",
      ...(step.created === undefined ? {} : { CreatedTime: step.created }),
    };
  });
}
