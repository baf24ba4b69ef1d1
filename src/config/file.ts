/** Reading one configuration file: bounded, and absent is not an error. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno, within } from "../base/errors.ts";
import { parseToml, type TomlTable } from "../formats/toml.ts";

/** Real files are tens of kilobytes; the bound keeps a device or a log named by mistake from filling memory. */
const maxSizeBytes = 4 * 1024 * 1024;

/** undefined when the file is absent. @throws EngineError for what cannot be read or is too large */
export function readTextFile(path: string): string | undefined {
  let fd: number;
  try { fd = openSync(path, "r"); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw within(`read configuration ${JSON.stringify(path)}`, error);
  }
  try {
    const info = fstatSync(fd);
    if (info.isDirectory()) throw new EngineError("invalid-argument", `read configuration ${JSON.stringify(path)}: is a directory`);
    if (info.size > maxSizeBytes) throw new EngineError("invalid-argument", `read configuration ${JSON.stringify(path)}: larger than ${maxSizeBytes} bytes`);
    return readFileSync(fd, "utf8");
  } finally { closeSync(fd); }
}

/** undefined when the file is absent. @throws EngineError invalid-argument for bad TOML, naming the place */
export function readTomlFile(path: string): TomlTable | undefined {
  const text = readTextFile(path);
  return text === undefined ? undefined : parseToml(text, path);
}

/** `*.conf` files of a directory in order of their names; none when it is absent. Not recursive. */
export function listConfFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".conf"))
      .map((entry) => join(directory, entry.name)).sort();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw within(`read directory ${JSON.stringify(directory)}`, error);
  }
}
