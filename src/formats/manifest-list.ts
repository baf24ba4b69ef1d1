/**
 * Manifest lists and image indexes that are changed: one model for Docker's format and OCI's, and the text that
 * containers/common writes of it, so that equal lists get equal digests whoever wrote them.
 */
import { EngineError } from "../base/errors.ts";
import { mediaTypes, type Descriptor, type Platform } from "../contract/types/oci.ts";
import { parseManifest } from "./manifest.ts";
import { goJson, sortedMap } from "./manifest-write.ts";

/** An image of a list. `features` exist in Docker's format only, annotations and artifact types in OCI's only. */
export interface ListEntry extends Descriptor { readonly features?: readonly string[] }

export type ListFormat = "oci" | "docker";

/** `manifests` is null in a list that never had an entry: Go writes it so, and digests depend on it. */
export interface ManifestList {
  readonly artifactType?: string;
  readonly manifests: readonly ListEntry[] | null;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const emptyList: ManifestList = { manifests: null };

/** @throws invalid-argument for anything but a list */
export function parseManifestList(bytes: Uint8Array, mediaType?: string): { readonly list: ManifestList; readonly format: ListFormat } {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind !== "index") throw new EngineError("invalid-argument", `unable to load manifest list: unsupported format ${JSON.stringify(parsed.mediaType)}: manifest type not supported`);
  const { manifests, annotations, ...rest } = parsed.index;
  const format = parsed.mediaType === mediaTypes.dockerIndex ? "docker" : "oci";
  const { artifactType, subject } = rest as { readonly artifactType?: unknown; readonly subject?: unknown };
  const entries = manifests.map((entry) => readEntry(entry, format));
  const raw: unknown = entries.length > 0 ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>)["manifests"];
  return {
    format,
    list: {
      manifests: raw === null ? null : entries, ...(annotations === undefined || annotations === null ? {} : { annotations }),
      ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}), ...(typeof subject === "object" && subject !== null ? { subject: subject as Descriptor } : {}),
    },
  };
}

function readEntry({ platform, ...entry }: Descriptor, format: ListFormat): ListEntry {
  const features = (platform as { readonly features?: readonly string[] } | undefined)?.features;
  const known = platform === undefined || platform === null ? undefined : plainPlatform(platform);
  return {
    ...entry, ...(known === undefined ? (format === "docker" ? { platform: { architecture: "", os: "" } } : {}) : { platform: known }),
    ...(format === "docker" && features !== undefined && features !== null && features.length > 0 ? { features } : {}),
  };
}

/** The fields both formats know, empty ones left out. */
export function plainPlatform(platform: Partial<Platform>): Platform {
  const { architecture = "", os = "", variant = "" } = platform;
  const version = platform["os.version"] ?? "";
  const osFeatures = platform["os.features"] ?? [];
  return { architecture, os, ...(version === "" ? {} : { "os.version": version }), ...(osFeatures.length === 0 ? {} : { "os.features": osFeatures }), ...(variant === "" ? {} : { variant }) };
}

function saysNothing(platform: Platform): boolean { return platform.architecture === "" && platform.os === "" && Object.keys(platform).length === 2; }

export function entryOf({ manifests }: ManifestList, digest: string): ListEntry | undefined { return manifests?.find((entry) => entry.digest === digest); }

/** Puts an entry at the end, in place of one with its digest. A platform that says nothing is left out. */
export function withEntry(list: ManifestList, { platform, ...entry }: ListEntry): ManifestList {
  const known = platform === undefined ? undefined : plainPlatform(platform);
  return { ...list, manifests: [...(list.manifests ?? []).filter(({ digest }) => digest !== entry.digest), { ...entry, ...(known === undefined || saysNothing(known) ? {} : { platform: known }) }] };
}

/** @throws not-found for a digest that the list does not have */
export function withoutEntry(list: ManifestList, digest: string): ManifestList {
  if (entryOf(list, digest) === undefined) throw new EngineError("not-found", `no instance matching digest ${JSON.stringify(digest)} found in manifest list: file does not exist`, { reason: "manifest-unknown" });
  return { ...list, manifests: (list.manifests ?? []).filter((entry) => entry.digest !== digest) };
}

/** @throws not-found for a digest that the list does not have */
export function changeEntry(list: ManifestList, digest: string, change: (entry: ListEntry) => ListEntry): ManifestList {
  if (entryOf(list, digest) === undefined) throw new EngineError("not-found", `no Docker manifest matching digest ${JSON.stringify(digest)} was found in list: no image instance matching the specified digest was found in the list or index`, { reason: "manifest-unknown" });
  return { ...list, manifests: (list.manifests ?? []).map((entry) => (entry.digest === digest ? withoutEmptyPlatform(change(entry)) : entry)) };
}
function withoutEmptyPlatform({ platform, ...entry }: ListEntry): ListEntry {
  return platform === undefined || saysNothing(plainPlatform(platform)) ? entry : { ...entry, platform: plainPlatform(platform) };
}

/** What a list is written as unless someone asks: Docker's format for an empty list and where only it can say all. */
export function preferredFormat({ artifactType, subject, annotations, manifests }: ManifestList): ListFormat {
  const entries = manifests ?? [];
  if (artifactType !== undefined || subject !== undefined || isFull(annotations)) return "oci";
  if (entries.some((entry) => entry.artifactType !== undefined || isFull(entry.annotations) || (entry.data ?? "") !== "")) return "oci";
  return entries.length === 0 || entries.some(({ features = [] }) => features.length > 0) ? "docker" : "oci";
}
function isFull(map: Readonly<Record<string, string>> | undefined): boolean { return Object.keys(map ?? {}).length > 0; }

export function listMediaType(format: ListFormat): string { return format === "oci" ? mediaTypes.ociIndex : mediaTypes.dockerIndex; }

/** The list's bytes, with Go's order of fields. */
export function writeManifestList(list: ManifestList, format: ListFormat = preferredFormat(list)): Uint8Array {
  const mediaType = listMediaType(format);
  const { artifactType, manifests, subject, annotations } = list;
  const document = format === "docker" ? { schemaVersion: 2, mediaType, manifests: manifests?.map(dockerEntry) ?? null } : {
    schemaVersion: 2, mediaType, ...(artifactType === undefined ? {} : { artifactType }), manifests: manifests?.map(ociDescriptor) ?? null,
    ...(subject === undefined ? {} : { subject: ociDescriptor(subject) }), ...(isFull(annotations) ? { annotations: sortedMap(annotations ?? {}) } : {}),
  };
  return new TextEncoder().encode(goJson(document));
}

/** A descriptor in the order of image-spec's type. */
export function ociDescriptor({ mediaType, digest, size, urls = [], annotations, data = "", platform, artifactType = "" }: Descriptor): object {
  return {
    mediaType, digest, size, ...(urls.length === 0 ? {} : { urls }), ...(isFull(annotations) ? { annotations: sortedMap(annotations ?? {}) } : {}), ...(data === "" ? {} : { data }),
    ...(platform === undefined ? {} : { platform: plainPlatform(platform) }), ...(artifactType === "" ? {} : { artifactType }),
  };
}

function dockerEntry({ mediaType, size, digest, urls = [], platform, features = [] }: ListEntry): object {
  return {
    mediaType, size, digest, ...(urls.length === 0 ? {} : { urls }),
    platform: { ...plainPlatform(platform ?? { architecture: "", os: "" }), ...(features.length === 0 ? {} : { features }) },
  };
}
