import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { within } from "../base/errors.ts";
import { createContainerTable } from "./containers.ts";
import { createExecTable } from "./exec.ts";
import { createExitCodeTable } from "./exit-codes.ts";
import { createPodTable } from "./pods.ts";
import { migrate } from "./schema.ts";
import type { State } from "./types.ts";
import { createVolumeTable } from "./volumes.ts";

/** A writer may have to wait for others that each hold the database for microseconds; this long means that something hangs. */
const busyTimeoutMs = 30_000;

/**
 * A command does not close the database (main.ts), because the last one to close it would copy the log back and force it to disk, 10 ms
 * at the end of nearly every command. So the log is copied when it has this many pages, and the next command reads what is in it.
 */
const checkpointPages = 100;

/**
 * Opens the state database, made (mode 0600) and migrated when needed. Writes are atomic and survive the death of the process;
 * a power cut may lose the last ones but never the file (WAL, synchronous=NORMAL).
 * @throws failed-precondition for a newer database, internal when it cannot be opened
 */
export function openState(path: string): State {
  const database = openDatabase(path);
  return {
    containers: createContainerTable(database),
    pods: createPodTable(database),
    volumes: createVolumeTable(database),
    exec: createExecTable(database),
    exitCodes: createExitCodeTable(database),
    atomically: (work) => database.transaction(work).immediate(),
    watchPath: `${path}-wal`,
    [Symbol.dispose]: () => { database.close(); },
  };
}

function openDatabase(path: string): Database {
  try {
    const database = tryOpen(path);
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    database.run("PRAGMA synchronous = NORMAL");
    database.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    migrate(database);
    return database;
  } catch (error) {
    throw within(`open state database "${path}"`, error);
  }
}

/** The folder is made only when opening fails: it is there nearly always. */
function tryOpen(path: string): Database {
  try {
    return new Database(path, { create: true, readwrite: true });
  } catch {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return new Database(path, { create: true, readwrite: true });
  }
}
