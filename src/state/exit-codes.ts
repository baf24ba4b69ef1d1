import type { Database } from "bun:sqlite";
import { prefixEnd } from "./containers.ts";
import type { ExitCodeTable } from "./types.ts";

/** How long the exit code of a removed container is kept: Podman keeps it for five minutes. */
const keepMs = 5 * 60_000;

export function createExitCodeTable(database: Database): ExitCodeTable {
  return {
    get: (id) => database.query<{ code: number }, [string]>("SELECT code FROM exit_codes WHERE id = ?").get(id)?.code,
    find: (prefix) => database.query<{ id: string }, [string, string]>("SELECT id FROM exit_codes WHERE id >= ? AND id < ? ORDER BY at DESC")
      .all(prefix, prefixEnd(prefix)).map(({ id }) => id),
    set: (id, code) => {
      const now = Date.now();
      database.query("INSERT OR REPLACE INTO exit_codes (id, code, at) VALUES (?, ?, ?)").run(id, code, now);
      database.query("DELETE FROM exit_codes WHERE at < ? AND id NOT IN (SELECT id FROM containers)").run(now - keepMs);
    },
  };
}
