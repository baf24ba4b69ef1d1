/** One layer on its way: skipped when the destination has it, else verified, repacked if wanted, and put. */
import { within } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import type { Descriptor } from "../contract/types/oci.ts";
import { compress } from "../formats/compression/compress.ts";
import { decompress } from "../storage/archive/decompress.ts";
import { peekCompression, type Compression } from "../formats/compression/detect.ts";
import { compressionOfType, isForeignLayer, layerTypeFor, type LayerCompression, type ManifestFormat } from "../formats/manifest-write.ts";
import type { CopyOptions, FetchRange, ImageDestination, ImageSource } from "./types.ts";
import { observed, verified } from "./verify.ts";

export interface LayerCopy {
  readonly source: ImageSource;
  readonly destination: ImageDestination;
  readonly layer: Descriptor;
  readonly position: number;
  readonly format: ManifestFormat;
  /** It is to be encrypted. */
  readonly isSealed: boolean;
  readonly options: CopyOptions;
}
const encryptedSuffix = "+encrypted";

/** Returns the layer's descriptor as the destination has it. @throws data-loss/digest-mismatch, and what either side throws */
export async function copyLayer(copy: LayerCopy): Promise<Descriptor> {
  const { layer, destination, options } = copy;
  const { onProgress } = options;
  onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: 0, total: layer.size });
  const isEncrypted = layer.mediaType.endsWith(encryptedSuffix);
  if (isEncrypted ? options.decryption !== undefined : copy.isSealed) return copyChanged(copy, isEncrypted);
  const known = await findKnown(copy);
  if (known !== undefined) {
    onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
    return known;
  }
  const partial = await putPartial(copy);
  if (partial !== undefined) return partial;
  const { descriptor, stream, marks } = await repack(copy, await dataOf(copy));
  const put = await destination.put(descriptor, stream, callOf(copy)).catch((error: unknown) => { throw within("writing blob", error); });
  if (marks === undefined) remember(copy, put);
  const result = marks === undefined ? put : { ...put, annotations: { ...put.annotations, ...marks() } };
  onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
  return result;
}

/** Only what is missing, where both sides can; undefined: the layer comes whole. */
async function putPartial({ source, destination, layer, position, options: { onProgress, signal } }: LayerCopy): Promise<Descriptor | undefined> {
  if (destination.putPartial === undefined || source.range === undefined) return undefined;
  const call = signal === undefined ? {} : { signal };
  let current = 0;
  const fetch: FetchRange = async (part) => {
    const stream = await source.range?.(layer, part, call);
    const before = current;
    current += part.length;
    return stream === undefined ? undefined : observed(stream, (bytes) => { onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: before + bytes, total: layer.size }); });
  };
  const taken = await destination.putPartial(layer, position, fetch, call).catch((error: unknown) => { throw within("partial pull of blob", error); });
  if (taken === undefined) return undefined;
  onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
  onProgress?.({ key: `partial ${layer.digest}`, message: `Retrieved partial blob ${layer.digest}: ${current} of ${layer.size} bytes` });
  return taken;
}

function callOf({ position, options }: LayerCopy): { readonly layerIndex: number; readonly signal?: AbortSignal } {
  return { layerIndex: position, ...(options.signal === undefined ? {} : { signal: options.signal }) };
}

async function dataOf({ source, layer, options }: LayerCopy): Promise<ByteStream> {
  const { signal, onProgress } = options;
  return observed(verified(await source.blob(layer, signal === undefined ? {} : { signal }), layer),
    (current) => { onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current, total: layer.size }); });
}

/** Decrypted or encrypted: always read whole, so that nobody gets a layer by knowing its digest. What it will be is known at the end only. */
async function copyChanged(copy: LayerCopy, isEncrypted: boolean): Promise<Descriptor> {
  const { layer, destination, format, options } = copy;
  const { decryption, encryption } = options;
  const data = await dataOf(copy);
  const annotations = Object.fromEntries(Object.entries(layer.annotations ?? {}).filter(([name]) => !name.startsWith("org.opencontainers.image.enc")));
  const plain = isEncrypted ? { ...layer, mediaType: layer.mediaType.slice(0, -encryptedSuffix.length), annotations } : layer;
  // Chunks of an encrypted layer cannot be fetched alone, and what marks them would tell what is in it.
  const whole: CopyOptions = options.compression === undefined ? options : { ...options, compression: { ...options.compression, chunked: false } };
  const packed = await repack({ ...copy, layer: plain, options: whole }, isEncrypted ? decryption?.open(data, layer.annotations ?? {}, layer.digest) ?? data : data);
  const sealing = isEncrypted ? undefined : encryption?.seal(packed.stream, layer.digest);
  const { digest: _digest, size: _size, mediaType, ...rest } = packed.descriptor;
  const compression = compressionOfType(mediaType);
  const type = compression === undefined ? mediaType : layerTypeFor(format, compression);
  const put = { ...rest, mediaType: sealing === undefined ? type : `${type}${encryptedSuffix}` };
  const result = await destination.put(put, sealing?.stream ?? packed.stream, callOf(copy)).catch((error: unknown) => { throw within("writing blob", error); });
  options.onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
  return sealing === undefined ? result : { ...result, annotations: { ...withoutChunkMarks(rest.annotations ?? {}), ...await sealing.annotations() } };
}

/** The layer itself, or a form of it that the destination has. A compressed form must fit what was asked for. */
async function findKnown({ source, destination, layer, position, format, options }: LayerCopy): Promise<Descriptor | undefined> {
  const wanted = options.compression?.algorithm ?? "gzip";
  // Nothing tells whether another form has its chunks marked.
  if (options.compression?.chunked === true && options.forceCompression === true && destination.layers === "compress") return undefined;
  const fits = (candidate: Descriptor): boolean => destination.layers !== "compress" || options.forceCompression !== true || compressionOfType(candidate.mediaType) === wanted;
  const others = destination.layers === "compress" ? source.substitutes?.(layer) ?? [] : [];
  for (const candidate of [...others, ...(destination.layers === "decompress" && isPacked(layer) ? [] : [layer])]) {
    if (!fits(candidate)) continue;
    const found = await destination.reuse(candidate, position).catch((error: unknown) => { throw within(`trying to reuse blob ${candidate.digest} at destination`, error); });
    const compression = compressionOfType(candidate.mediaType);
    if (found !== undefined) return compression === undefined ? found : { ...found, mediaType: layerTypeFor(format, compression) };
  }
  return findRemembered({ destination, layer, format, options }, wanted);
}

/** A form that an earlier push made of the same layer. */
async function findRemembered({ destination, layer, format, options }: Pick<LayerCopy, "destination" | "layer" | "format" | "options">, wanted: string): Promise<Descriptor | undefined> {
  if (destination.layers !== "compress" || destination.find === undefined || compressionOfType(layer.mediaType) !== "none") return undefined;
  for (const { digest, compressor } of options.cache?.forms(layer.digest) ?? []) {
    if (options.forceCompression === true && compressor !== wanted) continue;
    const size = await destination.find(digest).catch((error: unknown) => { throw within(`trying to reuse blob ${digest} at destination`, error); });
    if (size !== undefined) return { mediaType: layerTypeFor(format, compressor), digest, size };
  }
  return undefined;
}

/** Only for what was made here: the layer was checked while it was read, and its packed form while it was written. */
function remember({ layer, options: { cache } }: LayerCopy, { digest, mediaType }: Descriptor): void {
  const compressor = compressionOfType(mediaType);
  if (compressionOfType(layer.mediaType) === "none" && digest !== layer.digest && (compressor === "gzip" || compressor === "zstd")) cache?.recordForm(layer.digest, { digest, compressor });
}

function isPacked(layer: Descriptor): boolean {
  const compression = compressionOfType(layer.mediaType);
  return !isForeignLayer(layer) && compression !== "none" && compression !== undefined;
}

interface Repacked { readonly descriptor: Partial<Descriptor> & { readonly mediaType: string }; readonly stream: ByteStream; /** Annotations that are known when the stream has ended. */ readonly marks?: () => Readonly<Record<string, string>> }

/** What to put, by what the bytes really are: media types of layers lie more often than magic numbers. */
async function repack({ destination, layer, format, options }: LayerCopy, data: ByteStream): Promise<Repacked> {
  if (destination.layers === "keep" && options.forceCompression !== true) return { descriptor: layer, stream: data };
  const declared = compressionOfType(layer.mediaType);
  if (declared === undefined) return { descriptor: layer, stream: data };
  const { compression: actual, stream } = await peekCompression(data);
  const wanted = wantedCompression(destination, actual, options);
  const isChunking = wanted === "zstd" && options.compression?.chunked === true;
  if ((wanted === actual && !isChunking) || wanted === undefined) return { descriptor: { ...layer, mediaType: typeOf(format, actual, layer.mediaType) }, stream };
  const plain = decompress(stream, actual);
  const { annotations, urls } = layer;
  const rest = { ...(annotations === undefined ? {} : { annotations: withoutChunkMarks(annotations) }), ...(urls === undefined ? {} : { urls }) };
  const descriptor = { ...rest, mediaType: layerTypeFor(format, wanted) };
  if (wanted === "none") return { descriptor, stream: plain };
  if (wanted === "zstd" && options.compression?.chunked === true) return chunked(descriptor, plain, options.compression.level);
  return { descriptor, stream: compress(plain, wanted, options.compression?.level) };
}

async function chunked(descriptor: Repacked["descriptor"], plain: ByteStream, level: number | undefined): Promise<Repacked> {
  const { writeChunked } = await import("../formats/chunked/write.ts");
  let marks: Readonly<Record<string, string>> = {};
  return { descriptor, stream: writeChunked(plain, level, (annotations) => { marks = annotations; }), marks: () => marks };
}

function wantedCompression(destination: ImageDestination, actual: Compression, { compression, forceCompression }: CopyOptions): LayerCompression | undefined {
  if (destination.layers === "decompress") return "none";
  const wanted = compression?.algorithm ?? "gzip";
  if (actual === "none") return wanted;
  return forceCompression === true ? wanted : undefined;
}

function typeOf(format: ManifestFormat, actual: Compression, declared: string): string {
  return actual === "none" || actual === "gzip" || actual === "zstd" ? layerTypeFor(format, actual) : declared;
}

/** Marks of zstd:chunked describe bytes that are gone. */
function withoutChunkMarks(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith("io.github.containers.zstd-chunked.")));
}
