/**
 * Numbered migrations; `PRAGMA user_version` is the number of the last one applied. One is never changed after release, only
 * followed by another.
 */
import type { Database } from "bun:sqlite";
import { EngineError } from "../base/errors.ts";

const migrations: readonly string[] = [
  `CREATE TABLE names (name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, pending INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
   CREATE TABLE containers (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, config TEXT NOT NULL, state TEXT NOT NULL);
   CREATE TABLE uses (container TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (kind, target, container)) WITHOUT ROWID;
   CREATE INDEX uses_container ON uses (container);
   CREATE TABLE exec (id TEXT PRIMARY KEY, container TEXT NOT NULL, config TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX exec_container ON exec (container);
   CREATE TABLE volumes (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE exit_codes (id TEXT PRIMARY KEY, code INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX exit_codes_at ON exit_codes (at);`,
  "CREATE TABLE pods (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL)",
];

/**
 * Brings a database up to date; nothing to do costs one read. Two processes may race: the second waits and finds it done.
 * @throws failed-precondition for a database of a newer version
 */
export function migrate(database: Database): void {
  if (versionOf(database) === migrations.length) return;
  database.run("PRAGMA journal_mode = WAL");
  database.transaction(() => {
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new EngineError("failed-precondition", `the state database has version ${version}, this program knows ${migrations.length}`, { hint: "use a newer version of this program" });
    }
    for (const migration of migrations.slice(version)) database.run(migration);
    database.run(`PRAGMA user_version = ${migrations.length}`);
  }).immediate();
}

function versionOf(database: Database): number {
  return database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
