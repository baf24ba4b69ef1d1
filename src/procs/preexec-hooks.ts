/**
 * Programs that an administrator wants to be run before any command of ours (podman(1), "PRE-EXEC HOOKS"). Only where
 * `/etc/containers/podman_preexec_hooks.txt` is there; they get our whole command line, and a failing one ends us.
 */
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";

const directories = ["/usr/libexec/podman/pre-exec-hooks", "/etc/containers/pre-exec-hooks"];
/** Signals count from here, as in a shell but for Podman's off-by-one. */
const signalBase = 127;

/** Runs them in order of their names, one after the other. Returns the first status that is not 0, else 0. @throws SysError when a directory cannot be read */
export function runPreexecHooks(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): number {
  const own = env["PODMAN_PREEXEC_HOOKS_DIR"] ?? "";
  for (const directory of own === "" ? directories : [...directories, own]) {
    for (const path of hooksIn(directory)) {
      const status = run([path, ...argv]);
      if (status !== 0) return status;
    }
  }
  return 0;
}

function hooksIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => join(directory, name)).toSorted((a, b) => (a < b ? -1 : 1)).filter(isExecutable);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return (statSync(path).mode & 0o111) !== 0;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

function run(argv: readonly string[]): number {
  const { exitCode, signalCode, success } = Bun.spawnSync([...argv], { stdin: "inherit", stdout: "inherit", stderr: "inherit" });
  if (success) return 0;
  return signalCode === undefined ? exitCode : signalBase + (exitCode > 128 ? exitCode - 128 : exitCode);
}
