/** `containers-storage:` to read: the manifest as it came, the layers as plain tars (their exact bytes, from tar-split). */
import { EngineError } from "../../base/errors.ts";
import type { Descriptor } from "../../contract/types/oci.ts";
import { digestOf, parseDigest } from "../../formats/digest.ts";
import { manifestType } from "../../formats/manifest.ts";
import { formatOf, layerTypeFor } from "../../formats/manifest-write.ts";
import type { Store, StoreImage, StoreLayer } from "../../storage/store.ts";
import type { ImageLocation, ImageSource, ManifestBytes } from "../types.ts";
import { streamOf } from "../verify.ts";
import { compressionNumbers, manifestKey, manifestKeyOf, signaturesKey, signaturesKeyOf } from "./chain.ts";

/** @throws not-found when the image has no manifest (damaged) */
export function openStorageSource(location: ImageLocation, store: Store, image: StoreImage): ImageSource {
  const top = readManifest(store, image, manifestKey);
  const layers = imageLayers(store, image);
  const format = formatOf(top.mediaType);
  return {
    location,
    manifest: async (digest) => (digest === undefined || digest === top.digest ? top : readManifest(store, image, manifestKeyOf(digest))),
    blob: async ({ digest }) => {
      parseDigest(digest);
      const layer = layers.find((candidate) => candidate.diffDigest === digest);
      return layer === undefined ? streamOf(store.imageData(image.id, digest)) : store.diff(layer.id);
    },
    signatures: async (digest) => readSignatures(store, image, digest),
    layersForCopy: async () => layers.map((layer) => plainDescriptor(layer, layerTypeFor(format, "none"))),
    substitutes: ({ digest }) => layers.filter((layer) => layer.diffDigest === digest).flatMap((layer) => compressedDescriptor(layer, format)),
    async [Symbol.asyncDispose]() { /* nothing held */ },
  };
}

/** Big data cut into the sizes that the metadata tells. @throws data-loss when they do not fit */
function readSignatures(store: Store, image: StoreImage, digest: string | undefined): readonly Uint8Array[] {
  let metadata: { readonly "signature-sizes"?: readonly number[]; readonly "signatures-sizes"?: Readonly<Record<string, readonly number[]>> } = {};
  try { metadata = JSON.parse(image.metadata ?? "{}") ?? {}; } catch { /* another program's metadata tells no sizes */ }
  const sizes = (digest === undefined ? metadata["signature-sizes"] : metadata["signatures-sizes"]?.[digest]) ?? [];
  if (sizes.length === 0) return [];
  const bytes = store.imageData(image.id, digest === undefined ? signaturesKey : signaturesKeyOf(digest));
  if (sizes.reduce((sum, size) => sum + size, 0) !== bytes.length) throw new EngineError("data-loss", `signatures data of image ${image.id} have another size than recorded`);
  let start = 0;
  return sizes.map((size) => bytes.subarray(start, start += size));
}

function readManifest(store: Store, image: StoreImage, key: string): ManifestBytes {
  const bytes = store.imageData(image.id, key);
  return { bytes, mediaType: manifestType(bytes), digest: digestOf(bytes) };
}

/** Bottom first. */
export function imageLayers(store: Store, image: StoreImage): readonly StoreLayer[] {
  const layers: StoreLayer[] = [];
  for (let id = image.topLayer; id !== undefined && id !== ""; id = layers.at(-1)?.parent) layers.push(store.layer(id));
  return layers.toReversed();
}

function plainDescriptor(layer: StoreLayer, mediaType: string): Descriptor {
  if (layer.diffDigest === undefined || layer.diffSizeBytes === undefined) throw new EngineError("failed-precondition", `digest of layer "${layer.id}" is unknown`);
  return { mediaType, digest: layer.diffDigest, size: layer.diffSizeBytes };
}

/** The form in which the layer once came, whole and verified. */
function compressedDescriptor(layer: StoreLayer, format: "oci" | "v2s2"): readonly Descriptor[] {
  const { compressedDigest, compressedSizeBytes, compression } = layer;
  if (compressedDigest === undefined || compressedSizeBytes === undefined || compressedDigest === layer.diffDigest) return [];
  const kind = compression === compressionNumbers.zstd ? "zstd" : compression === compressionNumbers.gzip ? "gzip" : undefined;
  return kind === undefined ? [] : [{ mediaType: layerTypeFor(format, kind), digest: compressedDigest, size: compressedSizeBytes }];
}

