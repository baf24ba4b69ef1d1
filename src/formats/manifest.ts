/**
 * Image manifests and indexes: parsing with limits, telling the types apart, choosing a platform, writing them as other
 * tools expect. OCI image-spec manifest.md and image-index.md, Docker image manifest v2 schema 2. Schema 1 is `manifest-v1.ts`.
 */
import { EngineError } from "../base/errors.ts";
import { mediaTypes, type Descriptor, type ImageConfig, type ImageIndex, type ImageManifest, type Platform } from "../contract/types/oci.ts";
import { parseDigest } from "./digest.ts";
import { schema1Types } from "./manifest-v1.ts";

/** Largest manifest and largest config that any registry client accepts (4 MiB): they are held in memory. */
export const maxManifestBytes = 4 * 1024 * 1024;
/** More layers than any runtime can stack; overlayfs itself stops at 500. */
const maxLayers = 4096;
const maxInstances = 4096;

export type Manifest = { readonly kind: "image"; readonly mediaType: string; readonly image: ImageManifest } | { readonly kind: "index"; readonly mediaType: string; readonly index: ImageIndex };

export const isIndexType = (mediaType: string): boolean => mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex;

const bad = (message: string, cause?: unknown): EngineError => new EngineError("invalid-argument", message, { cause });

/**
 * Parses a manifest or an index. The declared type must fit the content, and content that could be read as both is refused
 * (CVE-2021-41190): two readers would run different images. Every digest is validated.
 * @throws invalid-argument
 */
export function parseManifest(bytes: Uint8Array, declaredType?: string): Manifest {
  const document = parseObject(bytes, "manifest", maxManifestBytes);
  const mediaType = manifestTypeOf(document, declaredType);
  if (schema1Types.includes(mediaType)) throw new EngineError("not-implemented", "manifest schema 1 is not supported here", { hint: "pull the image from a registry, which converts it" });
  if (isIndexType(mediaType)) return { kind: "index", mediaType, index: readIndex(document) };
  return { kind: "image", mediaType, image: readImage(document) };
}

/** True for Docker's first manifest format, by content. @throws invalid-argument */
export function isSchema1(bytes: Uint8Array, declaredType?: string): boolean { return schema1Types.includes(manifestTypeOf(parseObject(bytes, "manifest", maxManifestBytes), declaredType)); }

/** The type of stored manifest bytes, from their content. @throws invalid-argument */
export function manifestType(bytes: Uint8Array): string { return manifestTypeOf(parseObject(bytes, "manifest", maxManifestBytes)); }

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

function parseObject(bytes: Uint8Array, what: string, limit: number): Json {
  if (bytes.length > limit) throw new EngineError("resource-exhausted", `${what} is larger than ${limit} bytes`);
  let value: unknown;
  try { value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)); } catch (error) { throw bad(`${what} is not valid JSON`, error); }
  if (!isObject(value)) throw bad(`${what} is not a JSON object`);
  return value;
}

const knownTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.dockerManifest, mediaTypes.dockerIndex, ...schema1Types];

function manifestTypeOf(document: Json, declaredType?: string): string {
  const own = document["mediaType"];
  if (typeof own === "string" && knownTypes.includes(own)) return own;
  if (document["schemaVersion"] === 1) return schema1Types[0] ?? "";
  const declared = declaredType?.split(";")[0]?.trim();
  // A content delivery network may answer with any type; only those we know mean something.
  if (declared !== undefined && knownTypes.includes(declared) && !schema1Types.includes(declared)) return declared;
  if (Array.isArray(document["manifests"]) && !isObject(document["config"])) return mediaTypes.ociIndex;
  const config = document["config"];
  return isObject(config) && config["mediaType"] === mediaTypes.dockerConfig ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
}

function readImage(document: Json): ImageManifest {
  refuse(document, ["manifests", "fsLayers", "history"], "image manifest");
  const layers = readList(document["layers"], "layers", maxLayers);
  return { ...document, schemaVersion: 2, config: readDescriptor(document["config"], "config"), layers: layers.map((layer, index) => readDescriptor(layer, `layer ${index}`)) };
}

function readIndex(document: Json): ImageIndex {
  refuse(document, ["config", "fsLayers", "history", "layers"], "image index");
  const manifests = readList(document["manifests"], "manifests", maxInstances);
  return { ...document, schemaVersion: 2, manifests: manifests.map((manifest, index) => readDescriptor(manifest, `manifest ${index}`)) };
}

function refuse(document: Json, names: readonly string[], what: string): void {
  const present = names.find((name) => document[name] !== undefined);
  if (present !== undefined) throw bad(`rejecting ambiguous manifest, unexpected field "${present}" in supposed ${what}`);
}

function readList(value: unknown, what: string, limit: number): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(`manifest field "${what}" is not a list`);
  if (value.length > limit) throw bad(`manifest has more than ${limit} ${what}`);
  return value;
}

function readDescriptor(value: unknown, what: string): Descriptor {
  if (!isObject(value)) throw bad(`manifest has no descriptor for ${what}`);
  const { digest, size, mediaType } = value;
  if (typeof digest !== "string") throw bad(`${what} has no digest`);
  try { parseDigest(digest); } catch (error) { throw bad(`${what} has an invalid digest ${JSON.stringify(digest.slice(0, 200))}`, error); }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw bad(`${what} (${digest}) has an invalid size`);
  return { ...value, digest, size, mediaType: typeof mediaType === "string" ? mediaType : "" };
}

/** Parses an image configuration. @throws invalid-argument */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const document = parseObject(bytes, "image configuration", maxManifestBytes);
  const rootfs = document["rootfs"];
  const ids: readonly unknown[] = isObject(rootfs) ? readList(rootfs["diff_ids"], "diff_ids", maxLayers) : [];
  const diffIds = ids.map((id) => {
    if (typeof id !== "string") throw bad("image configuration has a diff id that is not a string");
    parseDigest(id);
    return id;
  });
  const text = (name: string): string => { const value = document[name]; return typeof value === "string" ? value : ""; };
  return { ...document, architecture: text("architecture"), os: text("os"), rootfs: { type: "layers", diff_ids: diffIds } };
}

/** Best first: from the most demanding to the least (containers/image's and containerd's order). */
const variantsOf: Readonly<Record<string, readonly string[]>> = { arm: ["v8", "v7", "v6", "v5"], arm64: ["v8"] };

/** The variants acceptable for a wanted one, best first; `""` is an image that states none. */
function acceptableVariants(architecture: string, variant: string | undefined): readonly string[] {
  const order = variantsOf[architecture] ?? [];
  if (variant === undefined || variant === "") return ["", ...order];
  const start = order.indexOf(variant);
  return [...(start < 0 ? [variant] : order.slice(start)), ""];
}

/**
 * The entry of an index for a platform: best variant first, then zstd before gzip, then order.
 * An entry without platform is taken only if nothing else fits.
 * @throws not-found/manifest-unknown with containers/image's sentence
 */
export function chooseInstance({ index, mediaType }: { readonly index: ImageIndex; readonly mediaType: string }, wanted: Platform): Descriptor {
  const variants = acceptableVariants(wanted.architecture, wanted.variant);
  const ranked = index.manifests.flatMap((entry, position) => {
    const rank = rankOf(entry.platform, wanted, variants);
    return rank < 0 ? [] : [{ entry, rank, position, plain: isZstd(entry) ? 0 : 1 }];
  });
  ranked.sort((a, b) => a.rank - b.rank || a.plain - b.plain || a.position - b.position);
  const best = ranked[0];
  if (best !== undefined) return best.entry;
  const kind = mediaType === mediaTypes.dockerIndex ? "manifest list" : "image index";
  throw new EngineError("not-found", `no image found in ${kind} for architecture "${wanted.architecture}", variant "${wanted.variant ?? ""}", OS "${wanted.os}"`, { reason: "manifest-unknown" });
}

function rankOf(platform: Platform | undefined, wanted: Platform, variants: readonly string[]): number {
  if (platform === undefined) return Number.MAX_SAFE_INTEGER;
  if (platform.os !== wanted.os || platform.architecture !== wanted.architecture) return -1;
  return variants.indexOf(platform.variant ?? "");
}

function isZstd(entry: Descriptor): boolean { return entry.annotations?.["io.github.containers.compression.zstd"] === "true"; }

/** Go's names for this machine. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", ia32: "386", arm: "arm", ppc64: "ppc64le", s390x: "s390x", riscv64: "riscv64", loong64: "loong64" };
  const architecture = names[process.arch] ?? process.arch;
  return { os: "linux", architecture, ...(architecture === "arm64" ? { variant: "v8" } : {}) };
}

/** `aarch64` → `arm64`, `x86_64` → `amd64`, `armhf` → `arm/v7`: what people type (containerd's normalisation). */
export function normalizePlatform(os: string, architecture: string, variant = ""): Platform {
  const names: Readonly<Record<string, readonly [string, string?]>> = {
    x86_64: ["amd64"], "x86-64": ["amd64"], i386: ["386"], i686: ["386"], aarch64: ["arm64"], arm: ["arm", "v7"], armhf: ["arm", "v7"], armel: ["arm", "v6"],
  };
  const [name, impliedVariant] = names[architecture.toLowerCase()] ?? [architecture.toLowerCase()];
  const numbered = /^[5-8]$/.test(variant) ? `v${variant}` : variant;
  const wanted = numbered === "" ? impliedVariant : numbered;
  // arm64 has one variant in practice; containerd drops it and so does Podman.
  const kept = name === "arm64" && (wanted === "v8" || wanted === undefined) ? undefined : wanted;
  return { os: os.toLowerCase() === "macos" ? "darwin" : os.toLowerCase(), architecture: name, ...(kept === undefined || kept === "" ? {} : { variant: kept }) };
}
