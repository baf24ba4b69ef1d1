import type { Database } from "bun:sqlite";
import { EngineError } from "../base/errors.ts";
import type { ExecConfig, ExecRecord, ExecState } from "./exec-record.ts";
import type { ExecTable } from "./types.ts";

interface Row { readonly id: string; readonly container: string; readonly config: string; readonly state: string }
const columns = "id, container, config, state";

/** @throws not-found/no-such-exec */
export function noSuchExec(id: string): EngineError {
  return new EngineError("not-found", `no exec session with ID ${id} found: no such exec session`, { reason: "no-such-exec" });
}

export function createExecTable(database: Database): ExecTable {
  const resolve = (id: string): ExecRecord => {
    const row = database.query<Row, [string]>(`SELECT ${columns} FROM exec WHERE id = ?`).get(id);
    if (row === null) throw noSuchExec(id);
    return toRecord(row);
  };
  return {
    resolve,
    of: (containerId) => database.query<Row, [string]>(`SELECT ${columns} FROM exec WHERE container = ? ORDER BY id`).all(containerId).map(toRecord),
    insert: ({ id, containerId, config, state }) => {
      database.query("INSERT INTO exec (id, container, config, state) VALUES (?, ?, ?, ?)").run(id, containerId, JSON.stringify(config), JSON.stringify(state));
    },
    setState: (id, change) => database.transaction(() => {
      const record = resolve(id);
      const state: ExecState = { ...record.state, ...change };
      database.query("UPDATE exec SET state = ? WHERE id = ?").run(JSON.stringify(state), id);
      return { ...record, state };
    }).immediate(),
    remove: (id) => { database.query("DELETE FROM exec WHERE id = ?").run(id); },
  };
}

const toRecord = (row: Row): ExecRecord => ({
  id: row.id, containerId: row.container, config: JSON.parse(row.config) as ExecConfig, state: JSON.parse(row.state) as ExecState,
});
