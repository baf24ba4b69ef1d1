import type { Database } from "bun:sqlite";
import { EngineError } from "../base/errors.ts";
import { prefixEnd } from "./containers.ts";
import type { VolumeTable } from "./types.ts";
import type { VolumeRecord } from "./volume-record.ts";

interface Row { readonly name: string; readonly record: string }

/** @throws not-found/no-such-volume */
export function noSuchVolume(ref: string): EngineError {
  return new EngineError("not-found", `no volume with name "${ref}" found: no such volume`, { reason: "no-such-volume" });
}

export function createVolumeTable(database: Database): VolumeTable {
  const get = (name: string): VolumeRecord | undefined => {
    const row = database.query<Row, [string]>("SELECT name, record FROM volumes WHERE name = ?").get(name);
    return row === null ? undefined : toRecord(row);
  };
  return {
    list: () => database.query<Row, []>("SELECT name, record FROM volumes ORDER BY name").all().flatMap((row) => {
      try { return [toRecord(row)]; } catch { return []; }
    }),
    get,
    resolve: (ref) => {
      if (ref === "") throw new EngineError("invalid-argument", "volume name cannot be empty");
      const exact = get(ref);
      if (exact !== undefined) return exact;
      const [first, second] = database.query<Row, [string, string]>("SELECT name, record FROM volumes WHERE name >= ? AND name < ? LIMIT 2").all(ref, prefixEnd(ref));
      if (first === undefined) throw noSuchVolume(ref);
      if (second !== undefined) throw new EngineError("failed-precondition", `more than one result for volume name ${ref}: volume already exists`, { reason: "ambiguous-ref" });
      return toRecord(first);
    },
    insert: (record) => database.query("INSERT OR IGNORE INTO volumes (name, record) VALUES (?, ?)").run(record.name, JSON.stringify(record)).changes === 1,
    update: (record) => { database.query("UPDATE volumes SET record = ? WHERE name = ?").run(JSON.stringify(record), record.name); },
    remove: (name) => { database.query("DELETE FROM volumes WHERE name = ?").run(name); },
  };
}

function toRecord(row: Row): VolumeRecord {
  try { return JSON.parse(row.record) as VolumeRecord; } catch (error) {
    throw new EngineError("data-loss", `the record of volume "${row.name}" cannot be read`, { cause: error });
  }
}
