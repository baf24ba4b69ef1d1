/**
 * Moves an image from any source to any destination. A story: read the manifest (choose from an index), read and check the
 * configuration, bring every blob that the destination lacks (verified, repacked if it wants so), write the manifest with the
 * digests that came out, commit. Progress is reported in Podman's words.
 */
import { EngineError, isEngineError, messageOf, within } from "../base/errors.ts";
import type { ProgressEvent } from "../contract/kit.ts";
import { mediaTypes, type Descriptor, type ImageManifest } from "../contract/types/oci.ts";
import { checkDigest, digestOf } from "../formats/digest.ts";
import { chooseInstance, hostPlatform, maxManifestBytes, parseImageConfig, parseManifest } from "../formats/manifest.ts";
import { formatOf, manifestTypeFor, writeManifest, type ManifestFormat } from "../formats/manifest-write.ts";
import { copyLayer } from "./copy-layer.ts";
import { isTemporary, pause } from "./docker/client.ts";
import { mapParallel } from "./parallel.ts";
import type { CopyOptions, ImageDestination, ImageSource, ManifestBytes } from "./types.ts";
import { readAll, streamOf, verified } from "./verify.ts";

export interface CopyResult {
  /** What the destination has now. */
  readonly manifest: ManifestBytes;
  readonly configDigest: string;
}

const defaultParallel = 6;
/** Each time somebody must have removed an image at the very moment. */
const maxVanished = 10;
/** Pause before the first retry; it doubles (Podman's numbers). */
const firstRetryMillis = 1000;

/**
 * Copies one image. Temporary failures are tried again `retries` times; what arrived is kept between tries. The caller
 * disposes source and destination. @throws the last failure; the destination then shows nothing
 */
export async function copyImage(source: ImageSource, destination: ImageDestination, options: CopyOptions = {}): Promise<CopyResult> {
  const { retries = 0, retryDelayMillis } = options;
  let vanished = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await copyOnce(source, destination, options);
      await destination.commit();
      return result;
    } catch (error) {
      options.signal?.throwIfAborted();
      // A layer that was there already belonged to an image that somebody removed meanwhile: it is brought, too.
      if (isEngineError(error, "layer-missing") && vanished++ < maxVanished) { attempt--; continue; }
      if (attempt >= retries || !isTemporary(error)) throw error;
      await waitForRetry(attempt, retries, retryDelayMillis, error, options);
    }
  }
}

/** Reports and pauses as Podman does before another try. */
export async function waitForRetry(attempt: number, retries: number, delayMillis: number | undefined, error: unknown, { onProgress, signal }: CopyOptions): Promise<void> {
  const millis = delayMillis ?? firstRetryMillis * 2 ** attempt;
  onProgress?.({ key: "warning", message: `Failed, retrying in ${millis / 1000}s ... (${attempt + 1}/${retries}). Error: ${messageOf(error)}` });
  await pause(millis, signal);
}

async function copyOnce(source: ImageSource, destination: ImageDestination, options: CopyOptions): Promise<CopyResult> {
  const top = await source.manifest();
  const parsed = parseManifest(top.bytes, top.mediaType);
  const isWhole = parsed.kind === "index" && options.all !== undefined && options.all !== false;
  if (isWhole) return (await import("./copy-list.ts")).copyList(source, destination, { ...top, mediaType: parsed.mediaType }, options);
  if (options.removeSignatures !== true) say(options, "signatures", "Getting image source signatures");
  if (parsed.kind === "image") return copySingle(source, destination, { manifest: { ...top, mediaType: parsed.mediaType }, image: parsed.image }, options);
  const chosen = choose(source, parsed, options);
  return copySingle(source, destination, { ...await readInstance(source, chosen), index: { ...top, mediaType: parsed.mediaType } }, options);
}

function choose({ location }: ImageSource, parsed: Parameters<typeof chooseInstance>[0], { platform = hostPlatform() }: CopyOptions): Descriptor {
  try { return chooseInstance(parsed, platform); } catch (error) { throw within(`choosing an image from manifest list ${location.display}`, error); }
}

interface Single { readonly manifest: ManifestBytes; readonly image: ImageManifest; readonly index?: ManifestBytes }

async function readInstance(source: ImageSource, chosen: Descriptor): Promise<Single> {
  const manifest = await source.manifest(chosen.digest);
  checkDigest(manifest.bytes, chosen.digest, `manifest ${chosen.digest}`);
  const parsed = parseManifest(manifest.bytes, manifest.mediaType === "" ? chosen.mediaType : manifest.mediaType);
  if (parsed.kind === "index") throw new EngineError("invalid-argument", `${chosen.digest} is an index inside an index`);
  return { manifest: { ...manifest, mediaType: parsed.mediaType }, image: parsed.image };
}

/** One image of an index to a destination that keeps the index too. */
export async function copyInstance(source: ImageSource, destination: ImageDestination, entry: Descriptor, options: CopyOptions): Promise<CopyResult> {
  say(options, `signatures-${entry.digest}`, "Getting image source signatures");
  return copySingle(source, destination, await readInstance(source, entry), options, true);
}

async function copySingle(source: ImageSource, target: ImageDestination, { manifest, image, index }: Single, given: CopyOptions, isInstance = false): Promise<CopyResult> {
  // What is no image is nobody's to pack: an artifact's files have the digests they had.
  const [destination, options]: [ImageDestination, CopyOptions] = isImageConfig(image.config) ? [target, given] : [{ ...target, layers: "keep" }, { ...given, forceCompression: false }];
  const kept = await admitted(source, manifest, index === undefined && !isInstance ? undefined : manifest.digest, options);
  const configBytes = await readConfig(source, image.config, options);
  const config = isImageConfig(image.config) ? parseImageConfig(configBytes) : undefined;
  await destination.prepare?.({ manifest, configBytes, ...(config === undefined ? {} : { config }), ...(index === undefined ? {} : { index }) });
  const format = wantedFormat(manifest.mediaType, destination, options);
  const offered = await source.layersForCopy?.() ?? image.layers;
  if (offered.length !== image.layers.length) throw new EngineError("failed-precondition", `the manifest has ${image.layers.length} layers, the source ${offered.length}`);
  const layers = await copyLayers(source, destination, offered, format, options);
  say(options, image.config.digest, `Copying config ${image.config.digest}`);
  await destination.put({ ...image.config }, streamOf(configBytes));
  const written = finalManifest(manifest, image, layers, format);
  const instance = isInstance ? digestOf(written.bytes) : undefined;
  say(options, `manifest-${manifest.digest}`, "Writing manifest to image destination");
  if (kept.length > 0 && written.bytes !== manifest.bytes) throw wouldInvalidate();
  await destination.putManifest(written.bytes, written.mediaType, instance);
  await keepSignatures(destination, { after: written, kept, instance }, options);
  return { manifest: { ...written, digest: digestOf(written.bytes) }, configDigest: image.config.digest };
}

/** Asks the policy, then gives the signatures that are to be copied. They are read once. */
export async function admitted(source: ImageSource, { bytes }: ManifestBytes, digest: string | undefined, { admit, removeSignatures }: CopyOptions): Promise<readonly Uint8Array[]> {
  let found: Promise<readonly Uint8Array[]> | undefined;
  const read = (): Promise<readonly Uint8Array[]> => found ??= source.signatures?.(digest).catch((error: unknown) => { throw within("reading signatures", error); }) ?? Promise.resolve([]);
  await admit?.(bytes, read);
  return removeSignatures === true ? [] : read();
}

interface Signing { readonly after: { readonly bytes: Uint8Array }; readonly kept: readonly Uint8Array[]; readonly instance?: string | undefined }

export async function keepSignatures(destination: ImageDestination, { after, kept, instance }: Signing, { sign }: CopyOptions): Promise<void> {
  const made = await sign?.(after.bytes).catch((error: unknown) => { throw within("creating signature", error); }) ?? [];
  const all = [...kept, ...made];
  if (all.length === 0) return;
  if (destination.putSignatures === undefined) throw new EngineError("failed-precondition", `Can not copy signatures to ${destination.location.display}: it cannot keep signatures`, { hint: "leave them behind with --remove-signatures" });
  await destination.putSignatures(all, digestOf(after.bytes), instance).catch((error: unknown) => { throw within("writing signatures", error); });
}

export function wouldInvalidate(): EngineError {
  return new EngineError("failed-precondition", "Copying this image would require changing layer representation, which we cannot do: \"Would invalidate signatures\"", { hint: "leave the signatures behind with --remove-signatures" });
}

/** Several at once; the first failure ends the others. */
async function copyLayers(source: ImageSource, destination: ImageDestination, layers: readonly Descriptor[], format: ManifestFormat, options: CopyOptions): Promise<readonly Descriptor[]> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const limit = destination.serial === true ? 1 : options.parallel ?? defaultParallel;
  const sealed = layersToSeal(options, layers.length);
  return mapParallel(layers, limit, (layer, position) => copyLayer({ source, destination, layer, position, format, isSealed: sealed(position), options: { ...options, signal } }), (error) => {
    stop.abort(error);
    destination.abandon?.(error);
  });
}

/** @throws invalid-argument for a position that no layer has */
function layersToSeal({ encryption }: CopyOptions, count: number): (position: number) => boolean {
  if (encryption === undefined) return () => false;
  if (encryption.layers === undefined) return () => true;
  const wanted = new Set(encryption.layers.map((position) => {
    if (position >= count || position < -count) throw new EngineError("invalid-argument", `when choosing layers to encrypt, layer index ${position} out of range (${count} layers exist)`);
    return position < 0 ? position + count : position;
  }));
  return (position) => wanted.has(position);
}

async function readConfig(source: ImageSource, descriptor: Descriptor, { signal }: CopyOptions): Promise<Uint8Array> {
  if (descriptor.size > maxManifestBytes) throw new EngineError("resource-exhausted", `image configuration is larger than ${maxManifestBytes} bytes`);
  return readAll(verified(await source.blob(descriptor, signal === undefined ? {} : { signal }), descriptor), maxManifestBytes, "image configuration");
}
function isImageConfig({ mediaType }: Descriptor): boolean { return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig || mediaType === ""; }

function wantedFormat(mediaType: string, destination: ImageDestination, { format, compression, encryption }: CopyOptions): ManifestFormat {
  if (encryption !== undefined) {
    if (format === "v2s2" || !destination.manifestTypes.includes(mediaTypes.ociManifest)) throw new EngineError("invalid-argument", `encrypted images need the OCI format, which ${format === "v2s2" ? "was not asked for" : `${destination.location.display} does not take`}`);
    return "oci";
  }
  const own = formatOf(mediaType);
  // Docker's format has no name for zstd that every reader knows.
  const wanted = format ?? (compression?.algorithm === "zstd" ? "oci" : own);
  if (destination.manifestTypes.includes(manifestTypeFor(wanted))) return wanted;
  return formatOf(destination.manifestTypes[0] ?? mediaTypes.ociManifest);
}

/** The original bytes when nothing changed: digests and signatures stay valid. */
function finalManifest(manifest: ManifestBytes, image: ImageManifest, layers: readonly Descriptor[], format: ManifestFormat): { readonly bytes: Uint8Array; readonly mediaType: string } {
  const isSame = formatOf(manifest.mediaType) === format && layers.every((layer, position) => layer.digest === image.layers[position]?.digest);
  if (isSame) return { bytes: manifest.bytes, mediaType: manifest.mediaType };
  return writeManifest(format, { config: image.config, layers, ...(image.annotations === undefined ? {} : { annotations: image.annotations }) });
}

export function say({ onProgress }: CopyOptions, key: string, message: string): void {
  const event: ProgressEvent = { key, message };
  onProgress?.(event);
}

