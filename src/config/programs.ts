/** Finding programs on disk. */
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { Environment } from "./rootless.ts";

/** Absolute path of an executable of `PATH`; a name with a slash is taken as it is. undefined when there is none. */
export function findProgram(name: string, env: Environment): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  return (env["PATH"] ?? "").split(":").filter((folder) => isAbsolute(folder)).map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * A helper such as netavark: the folders of `helper_binaries_dir`, then `PATH` when `searchPath`.
 * @throws EngineError failed-precondition/program-missing with Podman's sentence and the remedy
 */
export function findHelper(name: string, folders: readonly string[], env: Environment, searchPath = false): string {
  const found = folders.map((folder) => join(folder.replace(/^\$BINDIR(?=\/|$)/, () => join(process.execPath, "..")), name)).find(isExecutable) ?? (searchPath ? findProgram(name, env) : undefined);
  if (found !== undefined) return found;
  throw new EngineError("failed-precondition", `could not find "${name}" in one of [${folders.join(" ")}].  To resolve this error, set the helper_binaries_dir key in the \`[engine]\` section of containers.conf to the directory containing your helper binaries.`, {
    reason: "program-missing", hint: `install the package that has ${name}`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch { return false; }
}
