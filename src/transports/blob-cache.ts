/**
 * What is known of blobs between commands: which compressed form a layer got, and which repositories of a registry have it. It is
 * containers/image's file (`<graph root>/cache/blob-info-cache-v1.sqlite`), so Podman's pushes help ours and the other way round.
 * It only saves work: without it, and when it cannot be opened, everything is done anew.
 */
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDigest } from "../formats/digest.ts";

export type Compressor = "gzip" | "zstd";
export interface BlobForm { readonly digest: string; readonly compressor: Compressor }

export interface BlobCache extends Disposable {
  /** Compressed forms of an uncompressed layer that were once made or seen whole. */
  forms(uncompressed: string): readonly BlobForm[];
  /** Repositories (full names) of `registry` that have the blob, or had it. Latest first. */
  repositories(registry: string, digest: string): readonly string[];
  recordForm(uncompressed: string, form: BlobForm): void;
  recordPlace(registry: string, digest: string, repository: string): void;
}

const schema = `
CREATE TABLE IF NOT EXISTS DigestUncompressedPairs(anyDigest TEXT PRIMARY KEY NOT NULL, uncompressedDigest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS DigestUncompressedPairs_index_uncompressedDigest ON DigestUncompressedPairs(uncompressedDigest);
CREATE TABLE IF NOT EXISTS DigestCompressors(digest TEXT PRIMARY KEY NOT NULL, compressor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS KnownLocations(transport TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL, location TEXT NOT NULL, time TIMESTAMP NOT NULL, PRIMARY KEY (transport, scope, digest, location));`;
/** Another program may be writing; then this is not worth waiting for long. */
const busyMillis = 2000;
const maxAnswers = 8;

/** undefined when the file cannot be opened or is not what we know. */
export function openBlobCache(graphRoot: string): BlobCache | undefined {
  const folder = join(graphRoot, "cache");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = new Database(join(folder, "blob-info-cache-v1.sqlite"), { create: true });
    try {
      database.run(`PRAGMA busy_timeout = ${busyMillis}`);
      for (const statement of schema.split(";").filter((part) => part.trim() !== "")) database.run(statement);
      return cacheOf(database);
    } catch (error) { database.close(); throw error; }
  } catch { return undefined; }
}

function cacheOf(database: Database): BlobCache {
  const read = (query: string, ...values: string[]): readonly Readonly<Record<string, unknown>>[] => {
    try { return database.query<Readonly<Record<string, unknown>>, string[]>(`${query} LIMIT ${maxAnswers}`).all(...values); } catch { return []; }
  };
  const write = (statement: string, ...values: string[]): void => {
    try { database.query<unknown, string[]>(statement).run(...values); } catch { /* the next push compresses again */ }
  };
  return {
    forms: (uncompressed) => read("SELECT anyDigest, compressor FROM DigestUncompressedPairs JOIN DigestCompressors ON digest = anyDigest WHERE uncompressedDigest = ?", uncompressed).flatMap(({ anyDigest: digest, compressor }) => (
      typeof digest === "string" && isDigest(digest) && digest !== uncompressed && (compressor === "gzip" || compressor === "zstd") ? [{ digest, compressor }] : [])),
    repositories: (registry, digest) => read("SELECT location FROM KnownLocations WHERE transport = 'docker' AND scope = ? AND digest = ? ORDER BY time DESC", registry, digest).flatMap(({ location }) => (typeof location === "string" ? [location] : [])),
    recordForm: (uncompressed, { digest, compressor }) => {
      write("INSERT OR REPLACE INTO DigestUncompressedPairs(anyDigest, uncompressedDigest) VALUES (?, ?)", digest, uncompressed);
      write("INSERT OR REPLACE INTO DigestCompressors(digest, compressor) VALUES (?, ?)", digest, compressor);
    },
    recordPlace: (registry, digest, repository) => { write("INSERT OR REPLACE INTO KnownLocations(transport, scope, digest, location, time) VALUES ('docker', ?, ?, ?, ?)", registry, digest, repository, new Date().toISOString().replace("T", " ").replace("Z", "+00:00")); },
    [Symbol.dispose]: () => { database.close(); },
  };
}
