/** What every operation of a store works on: paths, driver and the tables of records. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renameNeedsSync } from "./driver/backing.ts";
import type { Driver } from "./driver/types.ts";
import type { StorePaths } from "./paths.ts";
import { RecordFile } from "./records/file.ts";
import { readOnlyTable, Table, type Snapshot } from "./records/table.ts";
import type { ContainerRecord, ImageRecord, LayerRecord, MountRecord } from "./records/types.ts";

export interface StoreParts {
  readonly paths: StorePaths;
  readonly driver: Driver;
  readonly rootless: boolean;
  readonly layers: Table<LayerRecord>;
  readonly images: Table<ImageRecord>;
  readonly containers: Table<ContainerRecord>;
  readonly mounts: Table<MountRecord>;
  readonly foreignLayers: readonly Table<LayerRecord>[];
  readonly foreignImages: readonly Table<ImageRecord>[];
  /** Index of the file that a new record goes to. */
  readonly fileOf: { readonly stable: number; readonly image: number; readonly volatile: number };
  /** Where `<id>/` with an image's big data may be, own first. */
  readonly imageFolders: readonly string[];
}

export function storeParts(paths: StorePaths, driver: Driver, rootless: boolean): StoreParts {
  let syncs: boolean | undefined;
  // Asked at the first write only: readers never need it.
  const sync = (): boolean => syncs ??= renameNeedsSync(paths.layers);
  const imageLayers = paths.imageStoreLayers === undefined ? [] : [new RecordFile<LayerRecord>(join(paths.imageStoreLayers, "layers.json"), sync)];
  const layerFiles = [new RecordFile<LayerRecord>(join(paths.layers, "layers.json"), sync), ...imageLayers, new RecordFile<LayerRecord>(join(paths.volatileLayers, "volatile-layers.json"))];
  const layerLocks = [paths.layers, ...(paths.imageStoreLayers === undefined ? [] : [paths.imageStoreLayers])].map((folder) => join(folder, "layers.lock"));
  const ownImages = [...(paths.imageStoreImages === undefined ? [] : [paths.imageStoreImages]), paths.images];
  return {
    paths, driver, rootless,
    layers: new Table(layerFiles, layerLocks),
    images: new Table(ownImages.map((folder) => new RecordFile<ImageRecord>(join(folder, "images.json"), () => true)), ownImages.map((folder) => join(folder, "images.lock"))),
    containers: new Table([
      new RecordFile<ContainerRecord>(join(paths.containers, "containers.json"), sync), new RecordFile<ContainerRecord>(join(paths.volatileContainers, "volatile-containers.json")),
    ], [join(paths.volatileContainers, "containers.lock")]),
    mounts: new Table([new RecordFile<MountRecord>(join(paths.runLayers, "mountpoints.json"))], [join(paths.runLayers, "mountpoints.lock")]),
    foreignLayers: paths.additional.map(({ layers }) => readOnlyTable<LayerRecord>(layers, "layers.json", "volatile-layers.json")),
    foreignImages: paths.additional.map(({ images }) => readOnlyTable<ImageRecord>(images, "images.json")),
    fileOf: { stable: 0, image: imageLayers.length, volatile: layerFiles.length - 1 },
    imageFolders: [...ownImages, ...paths.additional.map(({ images }) => images)],
  };
}

/** The first of the tables that has `id`; own before additional. */
export function findRecord<T extends { readonly id: string; readonly names?: readonly string[] }>(tables: readonly Table<T>[], find: (snapshot: Snapshot<T>) => T | undefined): { readonly record: T; readonly readOnly: boolean } | undefined {
  for (const [index, table] of tables.entries()) {
    const record = find(table.snapshot());
    if (record !== undefined) return { record, readOnly: index > 0 };
  }
  return undefined;
}

/** What a list was made of, and the list. */
interface Listed<V> { readonly snapshots: readonly unknown[]; readonly views: readonly V[] }
export type ListCache<T extends { readonly id: string }, V> = WeakMap<Table<T>, Listed<V>>;

/** Views of all records, own first; the same list while no file changed, because lists of a thousand images ask a thousand times. */
export function listAll<T extends { readonly id: string; readonly names?: readonly string[] }, V>(cache: ListCache<T, V>, own: Table<T>, foreign: readonly Table<T>[], view: (record: T, readOnly: boolean) => V | undefined): readonly V[] {
  const snapshots = [own, ...foreign].map((table) => table.snapshot());
  const known = cache.get(own);
  if (known !== undefined && known.snapshots.length === snapshots.length && snapshots.every((snapshot, at) => snapshot === known.snapshots[at])) return known.views;
  const views = snapshots.flatMap(({ records }, at) => records.flatMap((record) => view(record, at > 0) ?? []));
  cache.set(own, { snapshots, views });
  return views;
}

export function findLayer(parts: StoreParts, id: string): { readonly record: LayerRecord; readonly readOnly: boolean } | undefined {
  return findRecord([parts.layers, ...parts.foreignLayers], (snapshot) => snapshot.get(id));
}

export const tarSplitPath = (parts: StoreParts, id: string): string => join(parts.paths.layers, `${id}.tar-split.gz`);

/** Written in place: the layer is still incomplete, and whoever removes it after a crash removes this very name. */
export function writeTarSplit(parts: StoreParts, id: string, bytes: Uint8Array): void {
  writeFileSync(tarSplitPath(parts, id), bytes, { mode: 0o600 });
}
