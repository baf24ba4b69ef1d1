/**
 * Manifest lists in the store, as containers/common keeps them: an image without layers whose "manifest" is the list, with
 * `instances.json` (where each image was found) and `artifacts.json` (artifacts made of local files) beside it.
 */
import { EngineError, isEngineError } from "../base/errors.ts";
import { parseManifestList, writeManifestList, type ManifestList } from "../formats/manifest-list.ts";
import { goJson } from "../formats/manifest-write.ts";
import { instancesKey, lookupImage } from "../image/lookup.ts";
import type { EngineContext } from "../engine/context.ts";
import type { Store, StoreImage } from "../storage/store.ts";

type ByDigest<T> = Readonly<Record<string, T>>;

/** Keys are digests of artifacts' manifests; in `detached` and `blobs` those of their files and configurations. */
export interface Artifacts {
  /** Manifests, as text. */
  readonly manifests?: ByDigest<string>;
  /** Paths of files, for people. */
  readonly files?: ByDigest<readonly string[]>;
  readonly config?: ByDigest<string>;
  readonly layers?: ByDigest<readonly string[] | null>;
  /** Paths of what is not kept here. */
  readonly detached?: ByDigest<string>;
  /** base64 of what is. */
  readonly blobs?: ByDigest<string>;
}

export interface ListContent {
  readonly list: ManifestList;
  /** Names with transport, by digest; `""` is the list's own id. */
  readonly instances: ByDigest<string>;
  readonly artifacts: Artifacts;
}
export interface StoredList extends ListContent { readonly image: StoreImage }

const artifactsKey = "artifacts.json";

/** @throws not-found/no-such-image, failed-precondition for an image that is no list, data-loss */
export async function findList(context: EngineContext, name: string): Promise<StoredList> {
  const { image } = await lookupImage(context, name, { list: "only" });
  return readList(await context.store(), image);
}

export function readList(store: Store, image: StoreImage): StoredList {
  const { list } = parseManifestList(store.imageData(image.id, "manifest"));
  return { image, list, instances: readJson(store, image, instancesKey) as ByDigest<string>, artifacts: readJson(store, image, artifactsKey) };
}

function readJson(store: Store, { id }: StoreImage, key: string): object {
  let value: unknown;
  try { value = JSON.parse(new TextDecoder().decode(store.imageData(id, key))); } catch (error) {
    if (isEngineError(error, "not-found")) return {};
    throw new EngineError("data-loss", `decoding ${key} of image ${JSON.stringify(id)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return typeof value === "object" && value !== null ? value : {};
}

/** A new list. @throws already-exists/name-in-use */
export async function storeList(store: Store, id: string, names: readonly string[], { list, instances, artifacts }: ListContent): Promise<void> {
  await store.createImage({ id, names, newNames: true, bigData: dataOf(list, instances, artifacts) });
}

/** Reads the list again under its lock, so that nothing another program does meanwhile is lost. @throws as `findList`, and what `change` throws; then nothing is changed */
export async function changeList(context: EngineContext, id: string, change: (content: StoredList) => ListContent): Promise<void> {
  const store = await context.store();
  await store.withImageLock(id, async () => {
    const { list, instances, artifacts } = change(readList(store, store.image(id)));
    await store.createImage({ id, names: [], bigData: dataOf(list, { ...instances, "": id }, artifacts) });
  });
}

/** The list last: what it names can be found whenever a crash comes. */
function dataOf(list: ManifestList, instances: ByDigest<string>, artifacts: Artifacts): Record<string, Uint8Array> {
  return { [instancesKey]: json(ordered(instances)), [artifactsKey]: json(artifacts), manifest: writeManifestList(list) };
}
function json(value: object): Uint8Array { return new TextEncoder().encode(goJson(value)); }
function ordered(map: ByDigest<string>): Record<string, string> { return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))); }
