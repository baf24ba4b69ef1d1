/**
 * The secrets' files, shared with Podman: `<graphroot>/secrets/secrets.json` says what there is, a driver (driver.ts) holds the data.
 * Written whole by rename, under the lock files that Podman takes.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { lockFile, type HeldLock } from "../sys/index.ts";

/** As Podman keeps it. */
export interface StoredSecret {
  readonly name: string;
  readonly id: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>> | null;
}
export interface SecretTable {
  readonly secrets: Readonly<Record<string, StoredSecret>>;
  readonly nameToID: Readonly<Record<string, string>>;
  readonly idToName: Readonly<Record<string, string>>;
}

/** Hundreds of secrets of the largest size. */
const maxFileBytes = 512 * 1024 * 1024;

export const secretsDirectory = (context: EngineContext): string => join(context.config.storage.graphRoot, "secrets");
export const fileDriverDirectory = (context: EngineContext): string => join(secretsDirectory(context), "filedriver");

const tablePath = (context: EngineContext): string => join(secretsDirectory(context), "secrets.json");

/** Excludes every other writer, Podman too. */
export async function lockSecrets(context: EngineContext): Promise<HeldLock> {
  const directory = secretsDirectory(context);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return lockFile(join(directory, "secrets.lock"), "write");
}

export function readTable(context: EngineContext): SecretTable {
  return { secrets: {}, nameToID: {}, idToName: {}, ...readJson(tablePath(context)) as Partial<SecretTable> };
}
export function writeTable(context: EngineContext, secrets: readonly StoredSecret[]): void {
  writeJson(tablePath(context), {
    secrets: Object.fromEntries(secrets.map((one) => [one.id, one])), nameToID: Object.fromEntries(secrets.map(({ id, name }) => [name, id])),
    idToName: Object.fromEntries(secrets.map(({ id, name }) => [id, name])),
  });
}

/** An empty object without the file. @throws data-loss */
export function readJson(path: string): object {
  try {
    if (statSync(path).size > maxFileBytes) throw new EngineError("data-loss", `secrets file "${path}" is larger than ${maxFileBytes} bytes`);
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (isErrno(error, "ENOENT")) return {};
    if (error instanceof SyntaxError) throw new EngineError("data-loss", `secrets file "${path}" is not valid JSON`, { cause: error });
    throw error;
  }
}

/** Atomic; readable by its owner only. */
export function writeJson(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.tmp`, JSON.stringify(value, undefined, 2), { mode: 0o600, flush: true });
  chmodSync(`${path}.tmp`, 0o600);
  renameSync(`${path}.tmp`, path);
}
