/** Images as entries of a list: digest, size and platform, from their manifest and configuration. */
import { EngineError, messageOf, within } from "../base/errors.ts";
import { mediaTypes, type ImageManifest, type Platform } from "../contract/types/oci.ts";
import { checkDigest } from "../formats/digest.ts";
import { chooseInstance, hostPlatform, isIndexType, maxManifestBytes, parseImageConfig, parseManifest } from "../formats/manifest.ts";
import { parseManifestList, type ListEntry } from "../formats/manifest-list.ts";
import type { ImageSource, ManifestBytes } from "../transports/types.ts";
import { readAll, verified } from "../transports/verify.ts";
import type { OpenedReference } from "./reference.ts";

/** Of an image its entry; of a list that for this machine, or all of them. @throws not-found, invalid-argument, what the source throws */
export async function entriesOf({ source, text }: OpenedReference, all: boolean): Promise<readonly ListEntry[]> {
  const top = await source.manifest().catch((error: unknown) => { throw within(`reading manifest from ${JSON.stringify(text)}`, error); });
  const parsed = parseManifest(top.bytes, top.mediaType);
  if (!isIndexType(parsed.mediaType)) return [await entryOfImage(source, { ...top, mediaType: parsed.mediaType }, text)];
  const { list } = parseManifestList(top.bytes, parsed.mediaType);
  const entries = list.manifests ?? [];
  const chosen = all ? entries : [chosenFrom(parsed, entries, text)];
  return Promise.all(chosen.map(async (entry) => completed(source, entry, text)));
}

function chosenFrom(parsed: ReturnType<typeof parseManifest>, entries: readonly ListEntry[], text: string): ListEntry {
  if (parsed.kind !== "index") throw new EngineError("internal", "not an index");
  try {
    const { digest } = chooseInstance(parsed, hostPlatform());
    return entries.find((entry) => entry.digest === digest) ?? chooseInstance(parsed, hostPlatform());
  } catch (error) { throw new EngineError("not-found", `selecting image from manifest list in ${JSON.stringify(text)}: ${messageOf(error)}`, { reason: "manifest-unknown", cause: error }); }
}

async function entryOfImage(source: ImageSource, { bytes, digest, mediaType }: ManifestBytes, text: string): Promise<ListEntry> {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind !== "image") throw new EngineError("internal", "not an image");
  const artifactType = parsed.image.artifactType ?? "";
  const platform = artifactType === "" ? await platformOf(source, parsed.image, text) : undefined;
  return { mediaType, digest, size: bytes.length, ...(platform === undefined ? {} : { platform }), ...(artifactType === "" ? {} : { artifactType }) };
}

/** A list may leave out what the image's own configuration tells; the type of the manifest is what its bytes say. */
async function completed(source: ImageSource, entry: ListEntry, text: string): Promise<ListEntry> {
  const { data: _inlined, platform, ...rest } = entry;
  const manifest = await source.manifest(entry.digest).catch((error: unknown) => { throw within(`reading manifest from ${JSON.stringify(text)}, instance ${JSON.stringify(entry.digest)}`, error); });
  checkDigest(manifest.bytes, entry.digest, `manifest ${entry.digest}`);
  const mediaType = parseManifest(manifest.bytes, manifest.mediaType === "" ? entry.mediaType : manifest.mediaType).mediaType;
  const isComplete = (platform?.os ?? "") !== "" && (platform?.architecture ?? "") !== "";
  const known = isComplete ? platform : mergedPlatform(platform, (await entryOfImage(source, { ...manifest, mediaType }, text)).platform);
  return { ...rest, mediaType, ...(known === undefined ? {} : { platform: known }) };
}

function mergedPlatform(said: Platform | undefined, own: Platform | undefined): Platform | undefined {
  if (said === undefined || own === undefined) return own ?? said;
  const { os, architecture, variant } = own;
  return { ...own, ...said, os: said.os === "" ? os : said.os, ...(said.architecture === "" ? { architecture, ...(variant === undefined ? {} : { variant }) } : { architecture: said.architecture }) };
}

async function platformOf(source: ImageSource, { config }: ImageManifest, text: string): Promise<Platform | undefined> {
  if (config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig) return undefined;
  const bytes = await source.blob(config).then((data) => readAll(verified(data, config), maxManifestBytes, "image configuration"))
    .catch((error: unknown) => { throw within(`reading configuration blob from ${JSON.stringify(text)}`, error); });
  const { os, architecture, variant, ...rest } = parseImageConfig(bytes) as ReturnType<typeof parseImageConfig> & Partial<Platform>;
  const version = rest["os.version"];
  const features = rest["os.features"];
  return { architecture, os, ...(typeof variant === "string" ? { variant } : {}), ...(typeof version === "string" ? { "os.version": version } : {}), ...(Array.isArray(features) ? { "os.features": features } : {}) };
}
