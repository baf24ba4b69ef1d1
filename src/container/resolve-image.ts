/** The image a container is made from, as far as create needs it: id, name and what it sets. */
import { EngineError } from "../base/errors.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import type { ContainerDefaults, ImageConfig } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";

export interface BaseImage { readonly id: string; readonly name: string; readonly defaults: ContainerDefaults; readonly image: StoreImage }

/** undefined for --rootfs. @throws not-found/no-such-image, invalid-argument without either */
export async function resolveImage(context: EngineContext, create: ContainerCreate): Promise<BaseImage | undefined> {
  if (create.rootfs !== undefined) return undefined;
  const ref = create.imageId ?? create.image;
  if (ref === undefined || ref === "") throw new EngineError("invalid-argument", "must set root filesystem source to either image or rootfs: invalid argument");
  const store = await context.store();
  const image = findLocalImage(store, ref);
  if (image === undefined) throw new EngineError("not-found", `${create.image ?? ref}: image not known`, { reason: "no-such-image" });
  return { id: image.id, name: nameOf(image, create.image ?? ref), defaults: configOf(store, image).config ?? {}, image };
}

/** By id, exact name, then the names that a short one may stand for. */
function findLocalImage(store: Store, ref: string): StoreImage | undefined {
  const exact = store.findImage(ref);
  if (exact !== undefined) return exact;
  for (const candidate of candidates(ref)) {
    const found = store.findImage(candidate);
    if (found !== undefined) return found;
  }
  const ends = candidates(ref).filter((name) => name.startsWith("localhost/")).map((name) => name.slice("localhost".length));
  return store.images().find(({ names }) => names.some((name) => ends.some((end) => name.endsWith(end))));
}

function candidates(ref: string): readonly string[] {
  const plain = ref.replace(/^(docker:\/\/|containers-storage:)/, "");
  const lastPart = plain.slice(plain.lastIndexOf("/") + 1);
  const tagged = lastPart.includes(":") || plain.includes("@") ? plain : `${plain}:latest`;
  const library = plain.includes("/") ? tagged : `library/${tagged}`;
  return [tagged, `localhost/${tagged}`, `docker.io/${library}`];
}

/** The name that matched; for a reference by id the image's first name, else the id. */
function nameOf(image: StoreImage, ref: string): string {
  const wanted = [ref, ...candidates(ref)];
  const matched = image.names.find((name) => wanted.includes(name)) ?? image.names.find((name) => wanted.some((one) => name.endsWith(`/${one}`)));
  return matched ?? image.names[0] ?? image.id;
}

/** Big data named by its digest; the image's id is that digest for every image but those of schema 1. */
export function configOf(store: Store, image: StoreImage): ImageConfig {
  const parse = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString("utf8"));
  const own = `sha256:${image.id}`;
  if (image.bigDataNames.includes(own)) return parse(store.imageData(image.id, own)) as ImageConfig;
  const manifest = parse(store.imageData(image.id, "manifest")) as { readonly config?: { readonly digest?: string } };
  return parse(store.imageData(image.id, manifest.config?.digest ?? own)) as ImageConfig;
}
