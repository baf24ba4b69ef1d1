/** Images mounted into a container (`--mount type=image`). The state says which, so that each is unmounted once, by whoever ends the run. */
import { isEngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookupImage } from "../image/lookup.ts";
import type { ContainerRecord } from "./record.ts";

/** Mounts an image read-only, or counts one more mount of it. Returns where. A kill in between leaves it mounted, which harms nobody. @throws not-found/no-such-image */
export async function mountImageFor(context: EngineContext, { id }: ContainerRecord, ref: string): Promise<string> {
  const { image } = await lookupImage(context, ref);
  const path = await (await context.store()).mountImage(image.id);
  context.containers().setState(id, { imageMounts: [...mounted(context, id), image.id] });
  return path;
}

export async function unmountImagesOf(context: EngineContext, { id }: ContainerRecord): Promise<void> {
  const images = mounted(context, id);
  if (images.length === 0) return;
  context.containers().setState(id, { imageMounts: undefined });
  const store = await context.store();
  for (const image of images) {
    try { await store.unmountImage(image); } catch (error) { if (!isEngineError(error, "no-such-image")) throw error; }
  }
}

const mounted = (context: EngineContext, id: string): readonly string[] => context.containers().get(id)?.state.imageMounts ?? [];
