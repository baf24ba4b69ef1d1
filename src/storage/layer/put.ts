/** Unpacking a layer: outside every lock into a temporary directory, then moved into place under the lock. */
import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { PutLayer, StoreLayer } from "../store.ts";
import type { AppliedLayer } from "../archive/types.ts";
import { writeBigData } from "../image/big-data.ts";
import { fromIdMaps, omitEmpty, toIdMaps, type LayerRecord } from "../records/types.ts";
import { isSafeId } from "../records/file.ts";
import { findLayer, writeTarSplit, type StoreParts } from "../parts.ts";
import { openTempDirectory } from "../tempdir/stage.ts";
import { addLayer } from "./add.ts";
import { isComplete, layerView } from "./view.ts";
import { writeLayers } from "./write.ts";

/** See `Store.putLayer`. */
export async function putLayer(parts: StoreParts, request: PutLayer): Promise<StoreLayer> {
  const id = request.id ?? newId();
  if (!isSafeId(id)) throw new EngineError("invalid-argument", `layer id "${id}": not an id`);
  const present = usableLayer(parts, id);
  if (present !== undefined) return present;
  // It is awaited after the unpacking; failing before that must not count as unhandled.
  request.parentReady?.catch(() => { /* thrown by the await */ });
  // Overlay's layers hold their own files only, so they can be unpacked before the parent is there.
  const isEarly = request.parentReady !== undefined && parts.driver.dressContent !== undefined;
  if (!isEarly) await request.parentReady;
  const parent = request.parent === undefined || isEarly ? undefined : parentOf(parts, request.parent);
  const temp = openTempDirectory(parts.driver.tempRoots[0] ?? parts.paths.layers);
  try {
    const content = temp.addition();
    await parts.driver.prepareContent(content, isEarly ? undefined : request.parent);
    if (isEarly) chmodSync(content, undressedMode);
    const applied = await unpack(parts, request, content, parent);
    if (request.expectedDiffDigest !== undefined && applied.diffDigest !== request.expectedDiffDigest) {
      throw new EngineError("data-loss", `layer content has digest "${applied.diffDigest}", expected "${request.expectedDiffDigest}"`, { reason: "digest-mismatch" });
    }
    if (isEarly) await dress(parts, request, content);
    return await commit(parts, layerRecord(id, request, applied, parent), content, { tarSplit: applied.tarSplitGz, bigData: request.bigData ?? {} });
  } finally {
    await temp.remove();
  }
}

/** No archive gives its top directory this mode: with it, the archive said nothing of it. */
const undressedMode = 0o1700;

/** Waits for the parent and does what could not be done without it. */
async function dress(parts: StoreParts, { parent, parentReady }: PutLayer, content: string): Promise<void> {
  await parentReady;
  if ((statSync(content).mode & 0o7777) === undressedMode) parts.driver.dressContent?.(content, parent);
}

/** A complete layer whose directory is really there. */
function usableLayer(parts: StoreParts, id: string): StoreLayer | undefined {
  const found = findLayer(parts, id);
  if (found === undefined || !isComplete(found.record) || !parts.driver.exists(id)) return undefined;
  return layerView(found.record, found.readOnly);
}

function parentOf(parts: StoreParts, id: string): LayerRecord {
  const parent = findLayer(parts, id)?.record;
  if (parent === undefined || !isComplete(parent)) throw layerMissing(`parent layer "${id}"`);
  if (parts.containers.snapshot().records.some(({ layer }) => layer === id)) throw new EngineError("failed-precondition", `parent layer "${id}" is a container's layer`);
  return parent;
}

/** Somebody else removed it: whoever writes an image may bring it again. */
export function layerMissing(what: string): EngineError {
  return new EngineError("not-found", `${what}: layer not known`, { reason: "layer-missing" });
}

async function unpack(parts: StoreParts, { diff, signal }: PutLayer, directory: string, parent: LayerRecord | undefined): Promise<AppliedLayer> {
  const { applyLayer } = await import("../archive/apply.ts");
  const { driver } = parts;
  return applyLayer({
    directory, diff, whiteouts: driver.whiteouts, ignoreChownErrors: driver.ignoreChownErrors,
    uidMaps: toIdMaps(parent?.uidmap), gidMaps: toIdMaps(parent?.gidmap),
    ...(driver.forceMask === undefined ? {} : { forceMask: driver.forceMask }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function layerRecord(id: string, request: PutLayer, applied: AppliedLayer, parent: LayerRecord | undefined): LayerRecord {
  const uidmap = fromIdMaps(toIdMaps(parent?.uidmap));
  const gidmap = fromIdMaps(toIdMaps(parent?.gidmap));
  return omitEmpty<LayerRecord>({
    id, parent: request.parent ?? "", created: new Date().toISOString(),
    "compressed-diff-digest": request.compressedDigest ?? applied.diffDigest,
    "compressed-size": request.compressedDigest === undefined ? applied.diffSizeBytes : request.compressedSizeBytes ?? 0,
    "diff-digest": applied.diffDigest, "diff-size": applied.diffSizeBytes,
    compression: request.compression ?? 0, uidset: applied.uids, gidset: applied.gids,
    "toc-digest": request.tocDigest, "big-data-names": Object.keys(request.bigData ?? {}),
    ...(uidmap === undefined ? {} : { uidmap }), ...(gidmap === undefined ? {} : { gidmap }),
  });
}

async function commit(parts: StoreParts, record: LayerRecord, content: string, { tarSplit, bigData }: { readonly tarSplit: Uint8Array; readonly bigData: Readonly<Record<string, Uint8Array>> }): Promise<StoreLayer> {
  return writeLayers(parts, async (write) => {
    // Another pull of the same layer was quicker: its result is as good.
    const present = usableLayer(parts, record.id);
    if (present !== undefined) return present;
    if (record.parent !== undefined) parentOf(parts, record.parent);
    await addLayer(parts, write, record, parts.fileOf.image, {
      content, writable: false, finish: () => {
        writeTarSplit(parts, record.id, tarSplit);
        if (Object.keys(bigData).length > 0) writeBigData(join(parts.paths.layers, record.id), bigData);
      },
    });
    return layerView(record, false);
  });
}
