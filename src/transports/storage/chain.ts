/** How containers/image names layers in storage, so that every tool on the store shares them. */
import { digestHex, digestOf } from "../../formats/digest.ts";

/** The id of a layer: the DiffID itself for a bottom layer, else the digest of `parent+diffid`. */
export function layerId(parent: string | undefined, diffId: string): string {
  const hex = digestHex(diffId);
  return parent === undefined ? hex : digestHex(digestOf(`${parent}+${hex}`));
}

/** Ids of a whole stack, bottom first. */
export function layerIds(diffIds: readonly string[]): readonly string[] {
  const ids: string[] = [];
  for (const diffId of diffIds) ids.push(layerId(ids.at(-1), diffId));
  return ids;
}

/** containers/storage's numbers. */
export const compressionNumbers = { none: 0, gzip: 2, bzip2: 1, xz: 3, zstd: 4 } as const;

/** Big data names. */
export const manifestKey = "manifest";
/** Signatures of the image's own manifest, one after the other; their sizes are in the image's metadata. */
export const signaturesKey = "signatures";
export function signaturesKeyOf(digest: string): string { return `signature-${digestHex(digest)}`; }
export function manifestKeyOf(digest: string): string { return `manifest-${digest}`; }
/** Of a layer that came in chunks: its table of contents. */
export const tocKey = "zstd-chunked-manifest";
