/**
 * An index with its images, or some more of them: each image is copied as a single one would be, then the index is written with
 * the digests that came out. The bytes stay the same when nothing had to change.
 */
import { EngineError, within } from "../base/errors.ts";
import { type Descriptor, type Platform } from "../contract/types/oci.ts";
import { digestOf } from "../formats/digest.ts";
import { hostPlatform, isIndexType, parseManifest } from "../formats/manifest.ts";
import { compressionOfType, formatOf } from "../formats/manifest-write.ts";
import { listMediaType, parseManifestList, writeManifestList, type ListEntry, type ListFormat, type ManifestList } from "../formats/manifest-list.ts";
import { admitted, copyInstance, keepSignatures, say, wouldInvalidate, type CopyResult } from "./copy.ts";
import type { CopyOptions, ImageDestination, ImageSource, ManifestBytes } from "./types.ts";

type AddedCompression = NonNullable<CopyOptions["addCompression"]>[number];
interface Step { readonly entry: ListEntry; readonly compression?: AddedCompression }

const zstdMark = "io.github.containers.compression.zstd";

/** @throws invalid-argument for a destination that keeps one image only, and what copying an image throws */
export async function copyList(source: ImageSource, destination: ImageDestination, top: ManifestBytes, options: CopyOptions): Promise<CopyResult> {
  if (!destination.manifestTypes.some(isIndexType)) {
    throw new EngineError("invalid-argument", `copying multiple images: destination transport ${JSON.stringify(destination.location.transport)} does not support copying multiple images as a group`);
  }
  say(options, "list-signatures", "Getting image list signatures");
  const { list, format } = parseManifestList(top.bytes, top.mediaType);
  const kept = await admitted(source, top, undefined, options);
  const entries = list.manifests ?? [];
  const steps = stepsOf(entries, options);
  say(options, "list", `Copying ${steps.length} images generated from ${entries.length} images in list`);
  const changed = await copySteps(source, destination, list, steps, options);
  const written = finalList(top, { before: list, after: changed }, format, wantedFormat(format, destination, options));
  if (kept.length > 0 && written.bytes !== top.bytes) throw wouldInvalidate();
  say(options, "write-list", "Writing manifest list to image destination");
  await destination.putManifest(written.bytes, written.mediaType);
  say(options, "store-list", "Storing list signatures");
  await keepSignatures(destination, { after: written, kept }, options);
  return { manifest: { ...written, digest: digestOf(written.bytes) }, configDigest: "" };
}

/** Every image once, and again for each wanted compression that its platform lacks. */
function stepsOf(entries: readonly ListEntry[], { all, addCompression = [] }: CopyOptions): readonly Step[] {
  if (all === "sparse") {
    if (addCompression.length > 0) throw new EngineError("invalid-argument", "preparing instances for copy: EnsureCompressionVariantsExist is not implemented for CopySpecificImages");
    return [];
  }
  const present = new Map<string, Set<string>>();
  for (const entry of entries) present.set(platformKey(entry.platform), (present.get(platformKey(entry.platform)) ?? new Set()).add(entry.annotations?.[zstdMark] === "true" ? "zstd" : "gzip"));
  return entries.flatMap((entry) => {
    const known = present.get(platformKey(entry.platform)) ?? new Set();
    const missing = addCompression.filter((compression) => !known.has(compression));
    for (const compression of missing) known.add(compression);
    return [{ entry }, ...missing.map((compression) => ({ entry, compression }))];
  });
}

function platformKey(platform: Platform | undefined): string {
  if (platform === undefined) return "";
  return JSON.stringify([platform.architecture, platform.os, platform["os.version"] ?? "", (platform["os.features"] ?? []).toSorted(), platform.variant ?? ""]);
}

async function copySteps(source: ImageSource, destination: ImageDestination, list: ManifestList, steps: readonly Step[], options: CopyOptions): Promise<ManifestList> {
  const entries = new Map((list.manifests ?? []).map((entry) => [entry.digest, entry]));
  const added: ListEntry[] = [];
  for (const [index, { entry, compression }] of steps.entries()) {
    const place = `${index + 1}/${steps.length}`;
    say(options, `image-${place}`, `${compression === undefined ? "Copying" : "Replicating"} image ${entry.digest} (${place})`);
    const result = await copyOne(source, destination, entry, { ...options, all: false, ...(compression === undefined ? {} : forced(compression, options)) })
      .catch((error: unknown) => { throw within(`${compression === undefined ? "copying" : "replicating"} image ${place} from manifest list`, error); });
    const written = described(entry, result);
    if (compression === undefined) entries.set(entry.digest, written);
    // An artifact has no layers to pack in another way.
    else if (![...entries.values()].some(({ digest }) => digest === written.digest)) added.push(written);
  }
  const all = [...entries.values(), ...added];
  const isZstd = ({ annotations }: ListEntry): number => (annotations?.[zstdMark] === "true" ? 1 : 0);
  // Old readers take the first that fits, and know gzip only.
  return { ...list, manifests: list.manifests === null && all.length === 0 ? null : added.length === 0 ? all : all.toSorted((a, b) => isZstd(a) - isZstd(b)) };
}

function forced(compression: AddedCompression, { compression: before }: CopyOptions): Pick<CopyOptions, "compression" | "forceCompression"> {
  const algorithm = compression === "gzip" ? "gzip" : "zstd";
  return { forceCompression: true, compression: { ...(before?.algorithm === algorithm ? before : {}), algorithm, chunked: compression === "zstd:chunked" } };
}

async function copyOne(source: ImageSource, destination: ImageDestination, entry: Descriptor, options: CopyOptions): Promise<CopyResult> {
  if (source.instance === undefined) return copyInstance(source, destination, entry, options);
  await using elsewhere = await source.instance(entry.digest);
  return await copyInstance(elsewhere, destination, entry, options);
}

/** The entry as the destination has it; layers in zstd are told of, so that readers can choose. */
function described(entry: ListEntry, { manifest }: CopyResult): ListEntry {
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  const isZstd = parsed.kind === "image" && parsed.image.layers.some(({ mediaType }) => compressionOfType(mediaType) === "zstd");
  return {
    ...entry, digest: manifest.digest, size: manifest.bytes.length, mediaType: parsed.mediaType,
    ...(isZstd ? { annotations: { ...entry.annotations, [zstdMark]: "true" } } : {}),
  };
}

function wantedFormat(own: ListFormat, { manifestTypes }: ImageDestination, { format }: CopyOptions): ListFormat {
  const wanted = format === undefined ? own : format === "oci" ? "oci" : "docker";
  if (manifestTypes.includes(listMediaType(wanted))) return wanted;
  return formatOf(manifestTypes.find(isIndexType) ?? "") === "oci" ? "oci" : "docker";
}

interface Change { readonly before: ManifestList; readonly after: ManifestList }
function finalList(top: ManifestBytes, { before, after }: Change, from: ListFormat, to: ListFormat): { readonly bytes: Uint8Array; readonly mediaType: string } {
  const bytes = writeManifestList(from !== to && to === "docker" ? withPlatforms(after) : after, to);
  const isSame = from === to && Buffer.compare(bytes, writeManifestList(before, from)) === 0;
  return isSame ? { bytes: top.bytes, mediaType: top.mediaType } : { bytes, mediaType: listMediaType(to) };
}

/** Docker's format has no entry without platform. */
function withPlatforms(list: ManifestList): ManifestList {
  const { os, architecture } = hostPlatform();
  return { ...list, manifests: list.manifests?.map((entry) => ({ ...entry, platform: entry.platform ?? { architecture, os } })) ?? null };
}
