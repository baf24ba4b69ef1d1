/** A layer's difference from its parent: the tar that was put, byte for byte, or a new one. */
import { readFileSync } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { LayerPair, Mappings } from "../driver/types.ts";
import { findLayer, tarSplitPath, type StoreParts } from "../parts.ts";
import { toIdMaps } from "../records/types.ts";
import type { PathChange } from "../store.ts";
import { layerById } from "./view.ts";
import { treeSize } from "./size.ts";

/** See `Store.diff`. */
export async function* diffLayer(parts: StoreParts, layerId: string, parentId: string | undefined): ByteStream {
  const layer = layerById(parts, layerId);
  const parent = parentId ?? layer.parent;
  const tarSplit = parent === layer.parent ? readTarSplit(parts, layer.id) : undefined;
  if (tarSplit !== undefined) {
    const { assembleDiff } = await import("../archive/assemble.ts");
    yield* assembleDiff({ directory: parts.driver.contentDirectory(layer.id), tarSplitGz: tarSplit });
    return;
  }
  yield* parts.driver.diff(pairOf(parts, layer.id, parent));
}

function readTarSplit(parts: StoreParts, id: string): Uint8Array | undefined {
  for (const folder of [parts.paths.layers, ...parts.paths.additional.map(({ layers }) => layers)]) {
    try { return readFileSync(tarSplitPath({ ...parts, paths: { ...parts.paths, layers: folder } }, id)); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
  }
  return undefined;
}

function pairOf(parts: StoreParts, id: string, parent: string | undefined): LayerPair {
  const record = findLayer(parts, id)?.record;
  return { id, isShiftedByMount: record?.uidmap === undefined && record?.gidmap === undefined, mappings: mappingsOf(parts, id), parentMappings: mappingsOf(parts, parent), ...(parent === undefined ? {} : { parent }) };
}

/** How owners on disk differ from those in the container: recorded with the layer, or with the container that shifts at mount time. */
function mappingsOf(parts: StoreParts, id: string | undefined): Mappings {
  const record = id === undefined ? undefined : findLayer(parts, id)?.record;
  const owner = record?.uidmap !== undefined || record?.gidmap !== undefined ? record : parts.containers.snapshot().records.find(({ layer }) => layer === id);
  return { uidMaps: toIdMaps(owner?.uidmap), gidMaps: toIdMaps(owner?.gidmap) };
}

/** See `Store.changes`. */
export async function changesOfLayer(parts: StoreParts, layerId: string, parentId?: string): Promise<readonly PathChange[]> {
  const layer = layerById(parts, layerId);
  return parts.driver.changes(pairOf(parts, layer.id, parentId === undefined ? layer.parent : layerById(parts, parentId).id));
}

/** See `Store.layerSize`: what was recorded when the layer was unpacked, else the files as they are now. */
export async function layerSize(parts: StoreParts, id: string): Promise<number> {
  const layer = layerById(parts, id);
  return layer.diffSizeBytes ?? treeSize(parts.driver.contentDirectory(layer.id));
}
