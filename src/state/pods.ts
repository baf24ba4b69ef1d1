import type { Database } from "bun:sqlite";
import { EngineError } from "../base/errors.ts";
import { prefixEnd } from "./containers.ts";
import { releaseName, reserveName } from "./names.ts";
import type { PodRecord } from "./pod-record.ts";
import type { PodTable } from "./types.ts";

interface Row { readonly id: string; readonly record: string }

/** @throws not-found/no-such-pod */
export function noSuchPod(ref: string): EngineError {
  return new EngineError("not-found", `no pod with name or ID ${ref} found: no such pod`, { reason: "no-such-pod" });
}

export function createPodTable(database: Database): PodTable {
  const one = (sql: string, ...values: string[]): Row | null => database.query<Row, string[]>(sql).get(...values);
  const resolveId = (ref: string): string => {
    const exact = one("SELECT id, record FROM pods WHERE id = ?1 OR name = ?1", ref);
    if (exact !== null) return exact.id;
    const [first, second] = ref === "" ? [] : database.query<Row, [string, string]>("SELECT id, record FROM pods WHERE id >= ? AND id < ? LIMIT 2").all(ref, prefixEnd(ref));
    if (first === undefined) throw noSuchPod(ref);
    if (second !== undefined) throw new EngineError("failed-precondition", `more than one result for ID or name ${ref}: pod already exists`, { reason: "ambiguous-ref" });
    return first.id;
  };
  const get = (id: string): PodRecord | undefined => {
    const row = one("SELECT id, record FROM pods WHERE id = ?", id);
    return row === null ? undefined : toRecord(row);
  };
  return {
    list: () => database.query<Row, []>("SELECT id, record FROM pods ORDER BY seq").all().flatMap((row) => {
      try { return [toRecord(row)]; } catch { return []; }
    }),
    get,
    resolveId,
    resolve: (ref) => {
      const record = get(resolveId(ref));
      if (record === undefined) throw noSuchPod(ref);
      return record;
    },
    isNameTaken: (name) => database.query<{ id: string }, [string]>("SELECT id FROM names WHERE name = ?").get(name) !== null,
    insert: (record) => {
      database.transaction(() => {
        reserveName(database, { id: record.id, name: record.name, kind: "pod", pending: false });
        database.query("INSERT INTO pods (id, name, record) VALUES (?, ?, ?)").run(record.id, record.name, JSON.stringify(record));
      }).immediate();
    },
    update: (record) => { database.query("UPDATE pods SET record = ? WHERE id = ?").run(JSON.stringify(record), record.id); },
    remove: (id) => {
      database.transaction(() => {
        releaseName(database, id);
        database.query("DELETE FROM pods WHERE id = ?").run(id);
      }).immediate();
    },
  };
}

function toRecord(row: Row): PodRecord {
  try { return JSON.parse(row.record) as PodRecord; } catch (error) {
    throw new EngineError("data-loss", `the record of pod "${row.id}" cannot be read`, { cause: error });
  }
}
