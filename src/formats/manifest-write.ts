/** Manifests as text: the field order that containers/image writes, so that equal images get equal digests. */
import { mediaTypes, type Descriptor, type ImageManifest } from "../contract/types/oci.ts";

/** How a layer's bytes are packed. */
export type LayerCompression = "none" | "gzip" | "zstd";
export type ManifestFormat = "oci" | "v2s2";

export function formatOf(mediaType: string): ManifestFormat {
  return mediaType === mediaTypes.dockerManifest || mediaType === mediaTypes.dockerIndex ? "v2s2" : "oci";
}

/** The manifest's type for a format. */
export function manifestTypeFor(format: ManifestFormat): string { return format === "oci" ? mediaTypes.ociManifest : mediaTypes.dockerManifest; }
export function configTypeFor(format: ManifestFormat): string { return format === "oci" ? mediaTypes.ociConfig : mediaTypes.dockerConfig; }

const layerTypes = {
  oci: { none: mediaTypes.ociLayer, gzip: mediaTypes.ociLayerGzip, zstd: mediaTypes.ociLayerZstd },
  v2s2: { none: mediaTypes.dockerLayer, gzip: mediaTypes.dockerLayerGzip, zstd: mediaTypes.dockerLayerZstd },
} as const;
export function layerTypeFor(format: ManifestFormat, compression: LayerCompression): string { return layerTypes[format][compression]; }

/** What a layer's media type says; undefined for types we do not know (artifacts, encrypted layers). */
export function compressionOfType(mediaType: string): LayerCompression | undefined {
  const plain = mediaType.replace(/\.(?:nondistributable|foreign)\b/, "");
  if (/\.tar[+.]gzip$/.test(plain)) return "gzip";
  if (/\.tar[+.]zstd$/.test(plain)) return "zstd";
  return plain.endsWith(".tar") ? "none" : undefined;
}

/** True for layers that stay with their publisher (`foreign`, `nondistributable`). */
export function isForeignLayer(layer: Descriptor): boolean { return /foreign|nondistributable/.test(layer.mediaType) && (layer.urls?.length ?? 0) > 0; }

export interface ManifestParts { readonly config: Descriptor; readonly layers: readonly Descriptor[]; readonly annotations?: Readonly<Record<string, string>> }

/** Serialises an image manifest in `format`; the media types of its parts are translated to that format. Schema 2 knows no annotations. */
export function writeManifest(format: ManifestFormat, parts: ManifestParts): { readonly bytes: Uint8Array; readonly mediaType: string } {
  const mediaType = manifestTypeFor(format);
  const layers = parts.layers.map((layer) => ordered(format, { ...layer, mediaType: translated(format, layer.mediaType) }));
  const config = ordered(format, { ...parts.config, mediaType: translatedConfig(format, parts.config.mediaType) });
  const hasAnnotations = format === "oci" && Object.keys(parts.annotations ?? {}).length > 0;
  const document = { schemaVersion: 2, mediaType, config, layers, ...(hasAnnotations ? { annotations: sortedMap(parts.annotations ?? {}) } : {}) };
  return { bytes: new TextEncoder().encode(goJson(document)), mediaType };
}

function translated(format: ManifestFormat, mediaType: string): string {
  const compression = compressionOfType(mediaType);
  return compression === undefined ? mediaType : layerTypeFor(format, compression);
}
function translatedConfig(format: ManifestFormat, mediaType: string): string {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig || mediaType === "" ? configTypeFor(format) : mediaType;
}

/** Docker writes size before digest, OCI after. */
function ordered(format: ManifestFormat, { mediaType, digest, size, urls, annotations }: Descriptor): object {
  const tail = urls === undefined || urls.length === 0 ? {} : { urls };
  if (format === "v2s2") return { mediaType, size, digest, ...tail };
  return { mediaType, digest, size, ...tail, ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: sortedMap(annotations) }) };
}

/** Go writes maps with sorted keys. */
export function sortedMap(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON as Go's encoder writes it: `<`, `>`, `&` and the two line separators are escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Every blob an image needs, config first. */
export function blobsOf(image: ImageManifest): readonly Descriptor[] { return [image.config, ...image.layers]; }
