/** What every command does with the values of its flags. */
import { readFileSync } from "node:fs";
import { EngineError, isErrno, messageOf, within } from "../base/errors.ts";

/** Absent and undefined mean the same, but only absent survives JSON and comparison. */
export function dropUndefined<T extends object>(value: { [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/** A file that a flag names. @throws invalid-argument with the path */
export function readFlagFile(path: string): string {
  try { return readFileSync(path, "utf8"); } catch (error) { throw new EngineError(isErrno(error, "ENOENT") ? "not-found" : "invalid-argument", messageOf(error), { cause: error }); }
}

/** `--env-file`. @throws not-found, invalid-argument */
export function readEnvFile(path: string): string {
  try { return readFlagFile(path); } catch (error) { throw within(`parsing file ${JSON.stringify(path)}`, error); }
}

export const usage = (message: string): EngineError => new EngineError("invalid-argument", message);
