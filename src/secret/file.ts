/**
 * The secrets' files, shared with Podman: `<graphroot>/secrets/secrets.json` says what there is, the driver's file holds the
 * data. Written whole by rename, under the lock files that Podman takes.
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
type SecretData = Readonly<Record<string, string>>;

/** Hundreds of secrets of the largest size. */
const maxFileBytes = 512 * 1024 * 1024;

export const secretsDirectory = (context: EngineContext): string => join(context.config.storage.graphRoot, "secrets");
export const fileDriverDirectory = (context: EngineContext): string => join(secretsDirectory(context), "filedriver");

const tablePath = (context: EngineContext): string => join(secretsDirectory(context), "secrets.json");
const dataPath = (directory: string): string => join(directory, "secretsdata.json");

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

/** @throws not-implemented for another driver than `file`, not-found when the data are gone */
export function readSecretData(context: EngineContext, secret: StoredSecret): Buffer {
  checkDriver(secret.driver);
  const text = (readJson(dataPath(secret.driverOptions?.["path"] ?? fileDriverDirectory(context))) as SecretData)[secret.id];
  if (text === undefined) throw new EngineError("not-found", `${secret.id}: no such secret`, { reason: "no-such-secret" });
  return Buffer.from(text, "base64");
}

/** Adds (`data`) or takes away. */
export async function changeSecretData(directory: string, id: string, data: Uint8Array | undefined): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  using _lock = await lockFile(join(directory, "secretsdata.lock"), "write");
  const { [id]: _old, ...others } = readJson(dataPath(directory)) as SecretData;
  writeJson(dataPath(directory), data === undefined ? others : { ...others, [id]: Buffer.from(data).toString("base64") });
}

export function checkDriver(driver: string): void {
  if (driver === "file") return;
  if (driver === "pass" || driver === "shell") throw new EngineError("not-implemented", `secret driver "${driver}" is not supported`, { hint: "use the driver \"file\"" });
  throw new EngineError("invalid-argument", "invalid driver");
}

function readJson(path: string): object {
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

function writeJson(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.tmp`, JSON.stringify(value, undefined, 2), { mode: 0o600, flush: true });
  chmodSync(`${path}.tmp`, 0o600);
  renameSync(`${path}.tmp`, path);
}
