/** Layer records as the rest of the engine sees them, and look-ups by id. */
import { EngineError } from "../../base/errors.ts";
import type { StoreLayer } from "../store.ts";
import { findLayer, listAll, type ListCache, type StoreParts } from "../parts.ts";
import { toIdMaps, zeroTime, type LayerRecord } from "../records/types.ts";

const views = new WeakMap<LayerRecord, StoreLayer>();

export function layerView(record: LayerRecord, readOnly: boolean): StoreLayer {
  let view = views.get(record);
  if (view === undefined) views.set(record, view = makeView(record, readOnly));
  return view;
}

function makeView(record: LayerRecord, readOnly: boolean): StoreLayer {
  const { parent, mountlabel, compression } = record;
  const compressedDigest = record["compressed-diff-digest"];
  const diffDigest = record["diff-digest"];
  return {
    id: record.id, names: record.names ?? [], created: record.created ?? zeroTime, uidMaps: toIdMaps(record.uidmap), gidMaps: toIdMaps(record.gidmap), readOnly,
    ...(parent === undefined ? {} : { parent }),
    ...(mountlabel === undefined ? {} : { mountLabel: mountlabel }),
    ...(compressedDigest === undefined ? {} : { compressedDigest, compressedSizeBytes: record["compressed-size"] ?? 0 }),
    ...(diffDigest === undefined ? {} : { diffDigest, diffSizeBytes: record["diff-size"] ?? 0 }),
    ...(compression === undefined ? {} : { compression }),
  };
}

/** Incomplete layers are not listed: nobody may build on them. */
export function isComplete(record: LayerRecord): boolean { return record.flags?.["incomplete"] !== true; }

const lists: ListCache<LayerRecord, StoreLayer> = new WeakMap();

export function allLayers(parts: StoreParts): readonly StoreLayer[] {
  return listAll(lists, parts.layers, parts.foreignLayers, (record, readOnly) => (isComplete(record) ? layerView(record, readOnly) : undefined));
}

/** By id or unique prefix. @throws not-found, failed-precondition/ambiguous-ref */
export function layerById(parts: StoreParts, id: string): StoreLayer {
  const exact = findLayer(parts, id);
  if (exact !== undefined && isComplete(exact.record)) return layerView(exact.record, exact.readOnly);
  const matches = id === "" ? [] : allLayers(parts).filter((layer) => layer.id.startsWith(id));
  const [only] = matches;
  if (only === undefined) throw new EngineError("not-found", `layer "${id}": layer not known`);
  if (matches.some((match) => match.id !== only.id)) throw new EngineError("failed-precondition", `layer "${id}": more than one layer matches`, { reason: "ambiguous-ref" });
  return only;
}
