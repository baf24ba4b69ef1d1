/** Images as directories. Counting is the store's: containers that mount the same image do not disturb. */
import type { InputOf } from "../contract/kit.ts";
import type { ImageMount, mount as operation } from "../contract/image/mount.ts";
import type { unmount as unmountOperation } from "../contract/image/unmount.ts";
import type { EngineContext } from "../engine/context.ts";
import type { StoreImage } from "../storage/store.ts";
import { repoTags } from "./facts.ts";
import { lookupImage } from "./lookup.ts";

/** @throws not-found/no-such-image, failed-precondition for an image without layers */
export async function mount(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<ImageMount> {
  const { image } = await lookupImage(context, ref);
  const path = await (await context.store()).mountImage(image.id);
  await context.emit({ type: "image", status: "mount", id: image.id, name: image.names[0] ?? image.id });
  return report(image, path);
}

/** Images that share a top layer are mounted together. */
export async function mounts(context: EngineContext): Promise<readonly ImageMount[]> {
  const store = await context.store();
  return store.images().flatMap((image) => {
    const path = store.imageMountPoint(image.id);
    return path === undefined ? [] : [report(image, path)];
  });
}

/** Harmless when it is not mounted. @throws not-found/no-such-image */
export async function unmount(context: EngineContext, { ref, force }: InputOf<typeof unmountOperation.input>): Promise<{ readonly Id: string; readonly Unmounted: boolean }> {
  const { image } = await lookupImage(context, ref);
  const store = await context.store();
  if (store.imageMountPoint(image.id) === undefined) return { Id: image.id, Unmounted: false };
  await store.unmountImage(image.id, force === true);
  await context.emit({ type: "image", status: "unmount", id: image.id, name: image.names[0] ?? image.id });
  return { Id: image.id, Unmounted: true };
}

function report(image: StoreImage, path: string): ImageMount {
  return { Id: image.id, Name: image.digest ?? "", Repositories: repoTags(image), Path: path };
}
