/** Containers and pods share one set of names, as Podman's do. */
import type { Database } from "bun:sqlite";
import { EngineError } from "../base/errors.ts";

export interface NameRow { readonly name: string; readonly id: string; readonly kind: "container" | "pod"; readonly pending: boolean }

/** @throws conflict/name-in-use */
export function reserveName(database: Database, row: NameRow): void {
  const { changes } = database.query("INSERT OR IGNORE INTO names (name, id, kind, pending) VALUES (?, ?, ?, ?)")
    .run(row.name, row.id, row.kind, row.pending ? 1 : 0);
  if (changes === 0) throw nameInUse(database, row.name, row.kind);
}

export function releaseName(database: Database, id: string): void {
  database.query("DELETE FROM names WHERE id = ?").run(id);
}

/** Podman's sentence: names who has it and what to do. */
export function nameInUse(database: Database, name: string, kind: "container" | "pod"): EngineError {
  const owner = database.query<{ id: string; kind: string }, [string]>("SELECT id, kind FROM names WHERE name = ?").get(name);
  const sentence = kind === "container" && owner?.kind !== "pod"
    ? `creating container storage: the container name "${name}" is already in use by ${owner?.id ?? "another container"}. You have to remove that container to be able to reuse that name: that name is already in use, or use --replace to instruct Podman to do so.`
    : `name "${name}" is in use: ${kind === "container" ? "pod" : owner?.kind ?? "container"} already exists`;
  return new EngineError("conflict", sentence, { reason: "name-in-use" });
}
