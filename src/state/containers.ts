import type { Database } from "bun:sqlite";
import { EngineError, messageOf } from "../base/errors.ts";
import { changed, type ContainerConfig, type ContainerRecord, type ContainerState } from "../container/record.ts";
import { nameInUse, releaseName, reserveName } from "./names.ts";
import type { ContainerTable } from "./types.ts";

interface Row { readonly id: string; readonly name: string; readonly config: string; readonly state: string }
const columns = "id, name, config, state";

/** @throws not-found/no-such-container */
export function noSuchContainer(ref: string): EngineError {
  return new EngineError("not-found", `no container with name or ID "${ref}" found: no such container`, { reason: "no-such-container" });
}

export function createContainerTable(database: Database): ContainerTable {
  const one = (id: string): Row | null => database.query<Row, [string]>(`SELECT ${columns} FROM containers WHERE id = ?`).get(id);
  const must = (id: string): Row => {
    const row = one(id);
    if (row === null) throw noSuchContainer(id);
    return row;
  };
  return {
    list: () => database.query<Row, []>(`SELECT ${columns} FROM containers ORDER BY seq`).all().flatMap(readable),
    get: (id) => { const row = one(id); return row === null ? undefined : toRecord(row); },
    resolve: (ref) => toRecord(must(resolveId(database, ref))),
    resolveId: (ref) => resolveId(database, ref),
    reserve: (id, name) => { reserveName(database, { id, name, kind: "container", pending: true }); },
    isNameTaken: (name) => database.query("SELECT 1 FROM names WHERE name = ?").get(name) !== null,
    unfinished: () => database.query<{ id: string }, []>("SELECT id FROM names WHERE pending = 1").all().map(({ id }) => id),
    insert: (record) => { database.transaction(() => { insert(database, record); }).immediate(); },
    setState: (id, change) => database.transaction(() => {
      const record = toRecord(must(id));
      const state = changed(record.state, change);
      database.query("UPDATE containers SET state = ? WHERE id = ?").run(JSON.stringify(state), id);
      return { ...record, state };
    }).immediate(),
    setConfig: (id, config) => database.transaction(() => {
      const record = toRecord(must(id));
      database.query("UPDATE containers SET config = ? WHERE id = ?").run(JSON.stringify(config), id);
      return { ...record, config };
    }).immediate(),
    rename: (id, name) => { database.transaction(() => { rename(database, id, name); }).immediate(); },
    remove: (id) => { database.transaction(() => { remove(database, id); }).immediate(); },
    usersOf: (kind, target) => database.query<{ container: string }, [string, string]>("SELECT container FROM uses WHERE kind = ? AND target = ?")
      .all(kind, target).map(({ container }) => container),
  };
}

function insert(database: Database, { id, name, config, state }: ContainerRecord): void {
  const reserved = database.query("UPDATE names SET pending = 0 WHERE id = ? AND name = ?").run(id, name);
  if (reserved.changes === 0) reserveName(database, { id, name, kind: "container", pending: false });
  database.query("INSERT INTO containers (id, name, config, state) VALUES (?, ?, ?, ?)").run(id, name, JSON.stringify(config), JSON.stringify(state));
  for (const [kind, target] of usesOf(config)) {
    database.query("INSERT OR IGNORE INTO uses (container, kind, target) VALUES (?, ?, ?)").run(id, kind, target);
  }
}

/** What must stay while this container exists. */
function usesOf(config: ContainerConfig): readonly (readonly [string, string])[] {
  return [
    ...config.volumes.map(({ name }) => ["volume", name] as const),
    ...(config.dependencies ?? []).map((id) => ["dependency", id] as const),
    ...(config.pod === undefined ? [] : [["pod", config.pod] as const]),
  ];
}

function rename(database: Database, id: string, name: string): void {
  const { changes } = database.query("UPDATE OR IGNORE names SET name = ? WHERE id = ?").run(name, id);
  if (changes === 0) throw nameInUse(database, name, "container");
  database.query("UPDATE containers SET name = ? WHERE id = ?").run(name, id);
}

function remove(database: Database, id: string): void {
  releaseName(database, id);
  for (const statement of ["DELETE FROM containers WHERE id = ?", "DELETE FROM uses WHERE container = ?", "DELETE FROM exec WHERE container = ?"]) {
    database.query(statement).run(id);
  }
}

function resolveId(database: Database, given: string): string {
  // Docker shows names with a slash before them.
  const ref = given.startsWith("/") ? given.slice(1) : given;
  if (ref === "") throw new EngineError("invalid-argument", "name or ID cannot be empty");
  const exact = database.query<{ id: string }, [string]>("SELECT id FROM containers WHERE id = ?1 UNION ALL SELECT id FROM containers WHERE name = ?1 LIMIT 1").get(ref);
  if (exact !== null) return exact.id;
  const [first, second] = database.query<{ id: string }, [string, string]>("SELECT id FROM containers WHERE id >= ? AND id < ? LIMIT 2").all(ref, prefixEnd(ref));
  if (first === undefined) throw noSuchContainer(ref);
  if (second !== undefined) throw new EngineError("failed-precondition", `more than one result for container name or ID ${ref}: container already exists`, { reason: "ambiguous-ref" });
  return first.id;
}

/** Smallest string above every string with the prefix; ids are hex digits. */
export const prefixEnd = (prefix: string): string => `${prefix}\u{10FFFF}`;

function toRecord(row: Row): ContainerRecord {
  try {
    return { id: row.id, name: row.name, config: JSON.parse(row.config) as ContainerConfig, state: JSON.parse(row.state) as ContainerState };
  } catch (error) {
    throw new EngineError("data-loss", `the record of container "${row.name}" (${row.id}) cannot be read: ${messageOf(error)}`, { hint: `remove it with: podman rm --force ${row.id}` });
  }
}

function readable(row: Row): readonly ContainerRecord[] {
  try { return [toRecord(row)]; } catch { return []; }
}
