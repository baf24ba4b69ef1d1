/** Helper programs (netavark, aardvark-dns, pasta, …) in containers.conf's `helper_binaries_dir`, then in PATH where asked. */
import { join } from "node:path";
import { findProgram } from "../config/programs.ts";
import { EngineError, type ErrorReason } from "../base/errors.ts";

/** Path of an executable regular file, or undefined. */
export function findHelper(name: string, directories: readonly string[], searchPath?: string): string | undefined {
  return directories.map((directory) => findProgram(join(directory, name), {})).find((path) => path !== undefined) ?? (searchPath === undefined ? undefined : findProgram(name, { PATH: searchPath }));
}

/** Packages that are not called as their program. */
const packages: Readonly<Record<string, string>> = { pasta: "passt" };

/** The same, with one clear error. @throws failed-precondition with `reason` */
export function needHelper(name: string, directories: readonly string[], reason: ErrorReason = "program-missing", searchPath?: string): string {
  const found = findHelper(name, directories, searchPath);
  if (found !== undefined) return found;
  throw new EngineError("failed-precondition", `could not find "${name}" in one of [${directories.join(" ")}]`, {
    reason, hint: `install the package "${packages[name] ?? name}", or set helper_binaries_dir in the [engine] section of containers.conf`,
  });
}
