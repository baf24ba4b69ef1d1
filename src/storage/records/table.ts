/**
 * One kind of object (layers, images, containers): several JSON files behind one set of lock files. Readers use `snapshot()`
 * and take no lock. Writers get a `Draft` under the lock, change it and `save()` it as often as the order of steps needs.
 */
import { join } from "node:path";
import type { HeldLock } from "../../sys/lock.ts";
import { recordWrite, withLocks } from "./lock.ts";
import { RecordFile } from "./file.ts";

interface Named { readonly id: string; readonly names?: readonly string[] }

/** What the files said at one moment. Each file is indexed once per change, so that a new container does not index a thousand images again. */
export class Snapshot<T extends Named> {
  readonly #indexes: readonly FileIndex<T>[];
  #records: readonly T[] | undefined;

  constructor(indexes: readonly FileIndex<T>[]) {
    this.#indexes = indexes;
  }

  get records(): readonly T[] {
    return this.#records ??= this.#indexes.flatMap(({ byId }, file) => [...byId.values()].filter(({ id }) => !this.#indexes.slice(0, file).some((before) => before.byId.has(id))));
  }

  get(id: string): T | undefined {
    for (const { byId } of this.#indexes) {
      const found = byId.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  named(name: string): T | undefined {
    for (const { byName } of this.#indexes) {
      const found = byName.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

interface FileIndex<T> { readonly byId: ReadonlyMap<string, T>; readonly byName: ReadonlyMap<string, T> }

function index<T extends Named>(list: readonly T[]): FileIndex<T> {
  const byId = new Map<string, T>();
  const byName = new Map<string, T>();
  for (const record of list) if (!byId.has(record.id)) byId.set(record.id, record);
  // A name that is listed twice belongs to the later record, as containers/storage decides.
  for (const record of byId.values()) for (const name of record.names ?? []) byName.set(name, record);
  return { byId, byName };
}

export class Table<T extends Named> {
  readonly #files: readonly RecordFile<T>[];
  readonly #locks: readonly string[];
  #lists: readonly (readonly T[])[] = [];
  #indexes: readonly FileIndex<T>[] = [];
  #snapshot = new Snapshot<T>([]);

  /** The first file has precedence for an id that is in two. */
  constructor(files: readonly RecordFile<T>[], locks: readonly string[]) {
    this.#files = files;
    this.#locks = locks;
  }

  /** The present state; the same object while no file changed. */
  snapshot(): Snapshot<T> {
    const lists = this.#files.map((file) => file.read());
    if (lists.length === this.#lists.length && lists.every((list, at) => list === this.#lists[at])) return this.#snapshot;
    const indexes = lists.map((list, at) => {
      const known = list === this.#lists[at] ? this.#indexes[at] : undefined;
      return known ?? index(list);
    });
    [this.#lists, this.#indexes] = [lists, indexes];
    return this.#snapshot = new Snapshot(indexes);
  }

  /** Keeps writers out while `work` runs; other readers may come in. */
  async hold<R>(work: () => R | Promise<R>): Promise<R> {
    return withLocks(this.#locks, work, "read");
  }

  /** Runs `work` with the lock held. Nothing is saved unless `work` calls `draft.save()`. */
  async write<R>(work: (draft: Draft<T>) => R | Promise<R>): Promise<R> {
    return withLocks(this.#locks, (held) => work(new Draft(this.#files, held)));
  }
}

/** A table under its lock. */
export class Draft<T extends Named> {
  readonly #files: readonly RecordFile<T>[];
  readonly #locks: readonly HeldLock[];
  readonly #lists: T[][];
  /** Ids that differ from the file, by file. */
  readonly #dirty = new Map<number, Set<string>>();

  constructor(files: readonly RecordFile<T>[], locks: readonly HeldLock[]) {
    this.#files = files;
    this.#locks = locks;
    this.#lists = files.map((file) => [...file.read()]);
  }

  all(): readonly T[] { return this.#lists.flat(); }

  get(id: string): T | undefined {
    for (const list of this.#lists) {
      const found = list.find((record) => record.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  add(record: T, file: number): void {
    this.#lists[file]?.push(record);
    this.#touch(file, record.id);
  }

  /** Puts `record` in the place of the one with its id. */
  replace(record: T): void {
    this.#lists.forEach((list, file) => {
      const at = list.findIndex(({ id }) => id === record.id);
      if (at === -1) return;
      list[at] = record;
      this.#touch(file, record.id);
    });
  }

  remove(id: string): void {
    this.#lists.forEach((list, file) => {
      const at = list.findIndex((record) => record.id === id);
      if (at === -1) return;
      list.splice(at, 1);
      this.#touch(file, id);
    });
  }

  /** Writes the files that changed since the last save. Each is replaced atomically. */
  save(): void {
    if (this.#dirty.size === 0) return;
    for (const lock of this.#locks) recordWrite(lock);
    for (const [file, ids] of this.#dirty) this.#files[file]?.write([...(this.#lists[file] ?? [])], ids);
    this.#dirty.clear();
  }

  #touch(file: number, id: string): void {
    const ids = this.#dirty.get(file);
    if (ids === undefined) this.#dirty.set(file, new Set([id])); else ids.add(id);
  }
}

/** `layers.json` and `volatile-layers.json` in a read-only store. */
export function readOnlyTable<T extends Named>(directory: string, ...names: readonly string[]): Table<T> {
  return new Table<T>(names.map((name) => new RecordFile<T>(join(directory, name))), []);
}
