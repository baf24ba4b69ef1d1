/** One layer on its way: skipped when the destination has it, else verified, repacked if wanted, and put. */
import { within } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import type { Descriptor } from "../contract/types/oci.ts";
import { compress } from "../formats/compression/compress.ts";
import { decompress } from "../storage/archive/decompress.ts";
import { peekCompression, type Compression } from "../formats/compression/detect.ts";
import { compressionOfType, isForeignLayer, layerTypeFor, type LayerCompression, type ManifestFormat } from "../formats/manifest-write.ts";
import type { CopyOptions, ImageDestination, ImageSource } from "./types.ts";
import { observed, verified } from "./verify.ts";

export interface LayerCopy {
  readonly source: ImageSource;
  readonly destination: ImageDestination;
  readonly layer: Descriptor;
  readonly position: number;
  readonly format: ManifestFormat;
  readonly options: CopyOptions;
}

/** Returns the layer's descriptor as the destination has it. @throws data-loss/digest-mismatch, and what either side throws */
export async function copyLayer(copy: LayerCopy): Promise<Descriptor> {
  const { layer, destination, options, position } = copy;
  const { onProgress } = options;
  onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: 0, total: layer.size });
  const known = await findKnown(copy);
  if (known !== undefined) {
    onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
    return known;
  }
  const data = observed(verified(await copy.source.blob(layer, options.signal === undefined ? {} : { signal: options.signal }), layer),
    (current) => { onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current, total: layer.size }); });
  const call = { layerIndex: position, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const { descriptor, stream } = await repack(copy, data);
  const result = await destination.put(descriptor, stream, call).catch((error: unknown) => { throw within("writing blob", error); });
  onProgress?.({ key: layer.digest, message: `Copying blob ${layer.digest}`, current: layer.size, total: layer.size, done: true });
  return result;
}

/** The layer itself, or a form of it that the destination has. A compressed form must fit what was asked for. */
async function findKnown({ source, destination, layer, position, format, options }: LayerCopy): Promise<Descriptor | undefined> {
  const wanted = options.compression?.algorithm ?? "gzip";
  const fits = (candidate: Descriptor): boolean => destination.layers !== "compress" || options.forceCompression !== true || compressionOfType(candidate.mediaType) === wanted;
  const others = destination.layers === "compress" ? source.substitutes?.(layer) ?? [] : [];
  for (const candidate of [...others, ...(destination.layers === "decompress" && isPacked(layer) ? [] : [layer])]) {
    if (!fits(candidate)) continue;
    const found = await destination.reuse(candidate, position).catch((error: unknown) => { throw within(`trying to reuse blob ${candidate.digest} at destination`, error); });
    const compression = compressionOfType(candidate.mediaType);
    if (found !== undefined) return compression === undefined ? found : { ...found, mediaType: layerTypeFor(format, compression) };
  }
  return undefined;
}

function isPacked(layer: Descriptor): boolean {
  const compression = compressionOfType(layer.mediaType);
  return !isForeignLayer(layer) && compression !== "none" && compression !== undefined;
}

interface Repacked { readonly descriptor: Partial<Descriptor> & { readonly mediaType: string }; readonly stream: ByteStream }

/** What to put, by what the bytes really are: media types of layers lie more often than magic numbers. */
async function repack({ destination, layer, format, options }: LayerCopy, data: ByteStream): Promise<Repacked> {
  if (destination.layers === "keep" && options.forceCompression !== true) return { descriptor: layer, stream: data };
  const declared = compressionOfType(layer.mediaType);
  if (declared === undefined) return { descriptor: layer, stream: data };
  const { compression: actual, stream } = await peekCompression(data);
  const wanted = wantedCompression(destination, actual, options);
  if (wanted === actual || wanted === undefined) return { descriptor: { ...layer, mediaType: typeOf(format, actual, layer.mediaType) }, stream };
  const plain = decompress(stream, actual);
  const { annotations, urls } = layer;
  const rest = { ...(annotations === undefined ? {} : { annotations: withoutChunkMarks(annotations) }), ...(urls === undefined ? {} : { urls }) };
  const descriptor = { ...rest, mediaType: layerTypeFor(format, wanted) };
  return { descriptor, stream: wanted === "none" ? plain : compress(plain, wanted, options.compression?.level) };
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
