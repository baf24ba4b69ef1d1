/** The image a container is made from, as far as create needs it: id, name and what it sets. */
import { EngineError } from "../base/errors.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import type { ContainerDefaults } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import { configOf } from "../image/facts.ts";
import { lookupImage } from "../image/lookup.ts";
import type { StoreImage } from "../storage/store.ts";

export interface BaseImage { readonly id: string; readonly name: string; readonly defaults: ContainerDefaults; readonly image: StoreImage }

/** undefined for --rootfs. @throws not-found/no-such-image, invalid-argument without either */
export async function resolveImage(context: EngineContext, create: ContainerCreate): Promise<BaseImage | undefined> {
  if (create.rootfs !== undefined) return undefined;
  const ref = create.imageId ?? create.image;
  if (ref === undefined || ref === "") throw new EngineError("invalid-argument", "must set root filesystem source to either image or rootfs: invalid argument");
  const { image, name } = await find(context, create, ref);
  return { id: image.id, name: nameOf(image, name), defaults: configOf(await context.store(), image)?.config ?? {}, image };
}

/** The id decides which image; the name as typed decides which of its names is shown. */
async function find(context: EngineContext, create: ContainerCreate, ref: string): Promise<{ readonly image: StoreImage; readonly name: string }> {
  const found = await lookupImage(context, ref);
  if (create.image === undefined || create.image === ref) return found;
  const named = await lookupImage(context, create.image).catch(() => undefined);
  return named?.image.id === found.image.id ? named : found;
}

/** An image that was named by its id shows its first name, if it has one. */
function nameOf(image: StoreImage, matched: string): string {
  return image.names.includes(matched) ? matched : image.names[0] ?? image.id;
}
