/** Facts of a stored image that several verbs need: its configuration, size, digests, kinship. */
import { isEngineError, messageOf } from "../base/errors.ts";
import type { ImageConfig } from "../contract/types/oci.ts";
import { manifestType, parseImageConfig, parseManifest, isIndexType } from "../formats/manifest.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { instancesKey, manifestDigests, repositoryPart } from "./lookup.ts";

/** The parsed manifest and configuration. @throws not-found for a damaged image, invalid-argument */
export function readImage(store: Store, image: StoreImage): { readonly manifest: ReturnType<typeof parseManifest>; readonly config: ImageConfig; readonly configBytes: Uint8Array } {
  const bytes = store.imageData(image.id, "manifest");
  const manifest = parseManifest(bytes, manifestType(bytes));
  if (manifest.kind === "index") return { manifest, config: emptyConfig, configBytes: new Uint8Array() };
  const configBytes = store.imageData(image.id, manifest.image.config.digest);
  return { manifest, config: parseImageConfig(configBytes), configBytes };
}
const emptyConfig: ImageConfig = { architecture: "", os: "", rootfs: { type: "layers", diff_ids: [] } };

/** The configuration; undefined for a manifest list, and for a damaged image, which must not stop listings. */
export function configOf(store: Store, image: StoreImage): ImageConfig | undefined {
  try { const { manifest, config } = readImage(store, image); return manifest.kind === "index" ? undefined : config; } catch (error) {
    if (isEngineError(error)) return undefined;
    throw error;
  }
}

/** A sentence about what is missing or cannot be read; undefined for a whole image. */
export function damageOf(store: Store, image: StoreImage): string | undefined {
  try { readImage(store, image); return undefined; } catch (error) {
    if (!isEngineError(error)) throw error;
    // What is missing is told with the image's id already.
    const why = messageOf(error);
    return isEngineError(error, "not-found") ? why : `reading image with ID "${image.id}": ${why} (consider removing the image to resolve the issue)`;
  }
}

/** Lists have no layers of their own, or come with what containers/common keeps beside them: other images are not read. */
export function isManifestList(store: Store, image: StoreImage): boolean {
  if (image.topLayer !== undefined && !image.bigDataNames.includes(instancesKey)) return false;
  try { return isIndexType(manifestType(store.imageData(image.id, "manifest"))); } catch { return false; }
}

/** Bytes of all layers and all data, as containers/image counts. */
export function imageSize(store: Store, image: StoreImage): number {
  const data = Object.values(image.bigDataSizes).reduce((sum, size) => sum + size, 0);
  return data + layersOf(store, image).reduce((sum, layer) => sum + (layer.diffSizeBytes ?? 0), 0);
}

/** Top first; ends early when a layer is missing. */
export function layersOf(store: Store, image: StoreImage): ReturnType<Store["layers"]> {
  const byId = layerMap(store);
  const layers = [];
  for (let layer = byId.get(image.topLayer ?? ""); layer !== undefined && layers.length < maxDepth; layer = byId.get(layer.parent ?? "")) layers.push(layer);
  return layers;
}
/** A stack cannot be deeper; stops at a loop in a damaged table. */
const maxDepth = 4096;

/** Rebuilt when the store shows another table, so that a list of a thousand images looks layers up once. */
const layerMaps = new WeakMap<object, Map<string, ReturnType<Store["layers"]>[number]>>();
function layerMap(store: Store): Map<string, ReturnType<Store["layers"]>[number]> {
  const layers = store.layers();
  let map = layerMaps.get(layers);
  if (map === undefined) layerMaps.set(layers, map = new Map(layers.map((layer) => [layer.id, layer])));
  return map;
}

/** `name@digest` for every repository and every digest, sorted. */
export function repoDigests(image: StoreImage): readonly string[] {
  const repositories = new Set(image.names.map(repositoryPart));
  return [...repositories].flatMap((name) => manifestDigests(image).map((digest) => `${name}@${digest}`)).toSorted();
}

/** Names with a tag. */
export function repoTags(image: StoreImage): readonly string[] {
  return image.names.filter((name) => !name.includes("@") && repositoryPart(name) !== name);
}
