/**
 * `docker-archive:` to read, as `docker save` and `podman save` write it: `manifest.json` lists images with a configuration and
 * layer tars. Layers are offered under their DiffIDs, which is what the archive's configuration proves.
 */
import { EngineError, within } from "../../base/errors.ts";
import { mediaTypes, type Descriptor, type ImageConfig } from "../../contract/types/oci.ts";
import { decompressAny } from "../../storage/archive/decompress.ts";
import { detectCompression, magicBytes } from "../../formats/compression/detect.ts";
import { digestOf } from "../../formats/digest.ts";
import { maxManifestBytes, parseImageConfig } from "../../formats/manifest.ts";
import { goJson } from "../../formats/manifest-write.ts";
import { formatReference, parseNormalized, withDefaultTag } from "../../formats/reference.ts";
import type { ImageLocation, ImageSource } from "../types.ts";
import { readAll, streamOf } from "../verify.ts";
import type { TarIndex } from "./tar-index.ts";

/** More images than any archive has. */
const maxImages = 10_000;

export interface ArchivedImage { readonly config: string; readonly repoTags: readonly string[]; readonly layers: readonly string[] }

/** The images of an archive. @throws not-found `file manifest.json not found …`, data-loss/corrupt-archive */
export async function listDockerArchive(index: TarIndex): Promise<readonly ArchivedImage[]> {
  let document: unknown;
  const bytes = await index.read("manifest.json", maxManifestBytes);
  try { document = JSON.parse(new TextDecoder().decode(bytes)); } catch (error) { throw damaged("decoding tar manifest.json", error); }
  if (!Array.isArray(document) || document.length > maxImages) throw damaged("decoding tar manifest.json: not a list of images");
  return document.map(readItem);
}

function readItem(item: unknown): ArchivedImage {
  const field = (name: string): unknown => (typeof item === "object" && item !== null ? Reflect.get(item, name) : undefined);
  const config = field("Config");
  if (typeof config !== "string" || config === "") throw damaged("manifest.json names no configuration");
  return { config, repoTags: strings(field("RepoTags"), "RepoTags"), layers: strings(field("Layers"), "Layers") };
}
function strings(value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((part): part is string => typeof part === "string")) throw damaged(`manifest.json: ${name} is not a list of strings`);
  return value;
}

/**
 * One image of the archive: by reference, by position (`@0`), or the only one.
 * @throws not-found, invalid-argument
 */
export function chooseArchived(images: readonly ArchivedImage[], wanted: string | undefined): ArchivedImage {
  if (wanted === undefined || wanted === "") {
    if (images.length !== 1 || images[0] === undefined) throw new EngineError("invalid-argument", `unexpected tar manifest.json: expected 1 item, got ${images.length}`);
    return images[0];
  }
  const position = /^@(\d+)$/.exec(wanted)?.[1];
  const full = position === undefined ? formatReference(withDefaultTag(parseNormalized(wanted))) : "";
  const found = position === undefined ? images.find((image) => image.repoTags.some((tag) => sameName(tag, full))) : images[Number(position)];
  if (found === undefined) throw new EngineError("not-found", position === undefined ? `tag ${JSON.stringify(full)} not found` : `image index ${wanted} out of range`, { reason: "manifest-unknown" });
  return found;
}
function sameName(tag: string, full: string): boolean {
  try { return formatReference(withDefaultTag(parseNormalized(tag))) === full; } catch { return false; }
}

interface Layer { readonly name: string; readonly size: number; readonly compressed: boolean }

/** Opens one image of an archive. The index stays the caller's. @throws data-loss/corrupt-archive */
export async function openDockerArchiveSource(location: ImageLocation, index: TarIndex, image: ArchivedImage): Promise<ImageSource> {
  const configBytes = await index.read(image.config, maxManifestBytes);
  const config = parseImageConfig(configBytes);
  const layers = await readLayers(index, image, config);
  const manifest = makeManifest(configBytes, layers);
  return {
    location,
    manifest: async (digest) => {
      if (digest !== undefined && digest !== manifest.digest) throw new EngineError("not-found", `the archive has no manifest ${digest}`, { reason: "manifest-unknown" });
      return manifest;
    },
    blob: async ({ digest }, options = {}) => {
      if (digest === digestOf(configBytes)) return streamOf(configBytes.subarray(options.offset ?? 0));
      const layer = layers.get(digest);
      if (layer === undefined) throw new EngineError("not-found", `the archive has no blob ${digest}`);
      return layer.compressed ? (await decompressAny(index.stream(layer.name))).stream : index.stream(layer.name, options.offset);
    },
    async [Symbol.asyncDispose]() { /* the index's owner closes */ },
  };
}

async function readLayers(index: TarIndex, image: ArchivedImage, config: ImageConfig): Promise<ReadonlyMap<string, Layer>> {
  const ids = config.rootfs.diff_ids;
  if (ids.length !== image.layers.length) throw damaged(`inconsistent layer count: ${ids.length} in the configuration, ${image.layers.length} in manifest.json`);
  const layers = new Map<string, Layer>();
  for (const [position, name] of image.layers.entries()) {
    const id = ids[position] ?? "";
    if (!layers.has(id)) layers.set(id, await measure(index, name));
  }
  return layers;
}

/** A compressed layer has to be read once to know its size. */
async function measure(index: TarIndex, name: string): Promise<Layer> {
  const stored = index.size(name);
  const head = await readAll(limited(index, name), magicBytes, name);
  if (detectCompression(head) === "none") return { name, size: stored, compressed: false };
  let size = 0;
  try {
    for await (const chunk of (await decompressAny(index.stream(name))).stream) size += chunk.length;
  } catch (error) { throw within(`reading layer ${name}`, error); }
  return { name, size, compressed: true };
}
async function* limited(index: TarIndex, name: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of index.stream(name)) { yield chunk.subarray(0, magicBytes); return; }
}

/** The layers' type says gzip although they are not: containers/image makes it so, and the digest of loaded images follows from it. */
function makeManifest(configBytes: Uint8Array, layers: ReadonlyMap<string, Layer>): { readonly bytes: Uint8Array; readonly mediaType: string; readonly digest: string } {
  const ids = parseImageConfig(configBytes).rootfs.diff_ids;
  const descriptor = (mediaType: string, size: number, digest: string): Pick<Descriptor, "mediaType" | "size" | "digest"> => ({ mediaType, size, digest });
  const document = {
    schemaVersion: 2, mediaType: mediaTypes.dockerManifest,
    config: descriptor(mediaTypes.dockerConfig, configBytes.length, digestOf(configBytes)),
    layers: ids.map((id) => descriptor(mediaTypes.dockerLayerGzip, layers.get(id)?.size ?? 0, id)),
  };
  const bytes = new TextEncoder().encode(goJson(document));
  return { bytes, mediaType: mediaTypes.dockerManifest, digest: digestOf(bytes) };
}

function damaged(message: string, cause?: unknown): EngineError { return new EngineError("data-loss", message, { reason: "corrupt-archive", cause }); }
