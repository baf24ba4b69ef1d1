/** A check of everything in the store: layers, then images, then containers, then what nobody uses. Reads only, takes no lock. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { bigDataFile, digestOf, imageFolder } from "../image/big-data.ts";
import { isComplete } from "../layer/view.ts";
import type { StoreParts } from "../parts.ts";
import type { ContainerRecord, ImageRecord, LayerRecord } from "../records/types.ts";
import { checkLayer, type LayerCheck } from "./layers.ts";
import { FindingList, words, type CheckOptions, type CheckReport } from "./types.ts";

const dayMillis = 24 * 60 * 60 * 1000;

interface Known<T> { readonly record: T; readonly readOnly: boolean }
function known<T extends { readonly id: string }>(own: readonly T[], foreign: readonly (readonly T[])[]): readonly Known<T>[] {
  const byId = new Map<string, Known<T>>();
  for (const [at, list] of [own, ...foreign].entries()) for (const record of list) if (!byId.has(record.id)) byId.set(record.id, { record, readOnly: at > 0 });
  return [...byId.values()];
}

/** See `Store.check`. */
export async function checkStore(parts: StoreParts, options: CheckOptions): Promise<CheckReport> {
  const layers = known(parts.layers.snapshot().records.filter(isComplete), parts.foreignLayers.map((table) => table.snapshot().records));
  const byId = new Map(layers.map(({ record }) => [record.id, record]));
  const [layerFindings, readOnlyLayers] = [new FindingList(), new FindingList()];
  const check: LayerCheck = { parts, contents: options.contents, byId, entries: new Map() };
  for (const { record, readOnly } of parentsFirst(layers, byId)) await checkLayer(check, record, readOnly, readOnly ? readOnlyLayers : layerFindings);
  const layerFaults = (id: string): readonly string[] => [...layerFindings.get(id) ?? [], ...readOnlyLayers.get(id) ?? []];
  const used = new Set<string>();
  const images = known(parts.images.snapshot().records, parts.foreignImages.map((table) => table.snapshot().records));
  const [imageFindings, readOnlyImages] = [new FindingList(), new FindingList()];
  for (const { record, readOnly } of images) (readOnly ? readOnlyImages : imageFindings).note(record.id, ...imageFaults(parts, record, readOnly, { byId, used, layerFaults }));
  const containers = new FindingList();
  const imageIds = new Set(images.map(({ record }) => record.id));
  for (const record of parts.containers.snapshot().records) {
    containers.note(record.id, ...containerFaults(parts, record, imageIds), ...imageFindings.get(record.image) ?? [], ...readOnlyImages.get(record.image) ?? []);
    used.add(record.layer);
  }
  for (const { record, readOnly } of layers) if (!readOnly && !used.has(record.id) && isOld(record, options)) layerFindings.note(record.id, `layer ${record.id}: ${words.unreferenced}`);
  const unaccounted = parts.driver.list().filter((id) => !byId.has(id) && parts.layers.snapshot().get(id) === undefined);
  for (const id of unaccounted) layerFindings.note(id, `layer ${id}: ${words.unaccounted}`);
  return { layers: layerFindings, readOnlyLayers, images: imageFindings, readOnlyImages, containers, unaccounted };
}

function parentsFirst(layers: readonly Known<LayerRecord>[], byId: ReadonlyMap<string, LayerRecord>): readonly Known<LayerRecord>[] {
  const depths = new Map(layers.map(({ record }) => [record.id, depthOf(record, byId)]));
  return layers.toSorted((a, b) => (depths.get(a.record.id) ?? 0) - (depths.get(b.record.id) ?? 0));
}

/** Layers below; bounded, because damaged records may form a ring. */
export function depthOf(record: LayerRecord, byId: ReadonlyMap<string, LayerRecord>): number {
  let depth = 0;
  for (let next = byId.get(record.parent ?? ""); next !== undefined && depth <= byId.size; next = byId.get(next.parent ?? "")) depth++;
  return depth;
}

function isOld({ created }: LayerRecord, { unreferencedMaxAgeMillis = dayMillis }: CheckOptions): boolean {
  const since = created === undefined ? Number.NaN : Date.parse(created);
  return Number.isNaN(since) || since <= 0 || since + unreferencedMaxAgeMillis < Date.now();
}

interface ImageCheck { readonly byId: ReadonlyMap<string, LayerRecord>; readonly used: Set<string>; readonly layerFaults: (id: string) => readonly string[] }

function imageFaults(parts: StoreParts, image: ImageRecord, readOnly: boolean, { byId, used, layerFaults }: ImageCheck): readonly string[] {
  const prefix = `${readOnly ? "read-only " : ""}image ${image.id}`;
  const faults = dataFaults(imageFolder(parts, image.id), image, prefix, { missing: words.imageData, size: words.imageDataSize });
  for (const top of new Set([image.layer ?? "", ...image["mapped-layers"] ?? []])) {
    let steps = 0;
    for (let id = top; id !== "" && steps <= byId.size; steps++) {
      const layer = byId.get(id);
      if (layer === undefined) faults.push(`${prefix}: layer ${id}: ${words.imageLayer}`); else used.add(id);
      faults.push(...layerFaults(id));
      id = layer?.parent ?? "";
    }
  }
  return faults;
}

function containerFaults(parts: StoreParts, container: ContainerRecord, images: ReadonlySet<string>): readonly string[] {
  const faults = dataFaults(join(parts.paths.containers, container.id), container, `container ${container.id}`, { missing: words.containerData, size: words.containerDataSize });
  if (container.image !== "" && !images.has(container.image)) faults.push(`image ${container.image}: ${words.containerImage}`);
  return faults;
}

type WithData = Pick<ImageRecord, "big-data-names" | "big-data-sizes">;

/** Digests in the records are keys for look-ups, not checksums: sizes can be compared, and digests in names. */
function dataFaults(folder: string, { "big-data-names": names = [], "big-data-sizes": sizes = {} }: WithData, prefix: string, say: { readonly missing: string; readonly size: string }): string[] {
  return names.flatMap((name) => {
    const size = statSync(join(folder, bigDataFile(name)), { throwIfNoEntry: false })?.size;
    if (size === undefined) return [`${prefix}: data item ${JSON.stringify(name)}: ${say.missing}`];
    const wrong = size !== (sizes[name] ?? 0) ? say.size : hasOwnDigest(join(folder, bigDataFile(name)), name, size) ? undefined : words.imageDataDigest;
    return wrong === undefined ? [] : [`${prefix}: data item ${JSON.stringify(name)}: ${wrong}`];
  });
}

/** Larger items are not configurations or manifests. */
const maxDigestedBytes = 16 * 1024 * 1024;

/** Configurations and manifests are kept under names with their digest; of other items nothing is known. */
function hasOwnDigest(path: string, name: string, size: number): boolean {
  const digest = /^(?:manifest-)?(sha256:[0-9a-f]{64})$/.exec(name)?.[1];
  return digest === undefined || size > maxDigestedBytes || digestOf(readFileSync(path)) === digest;
}
