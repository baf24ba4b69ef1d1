/**
 * A user's commands run as root of a user namespace that one sleeping process (the pause process) keeps alive together with
 * its mounts. A process with threads cannot join a user namespace, so we replace ourselves: nsenter joins, then starts us
 * again. The process id, the descriptors and the terminal stay; no process waits for another. The environment variables and
 * `pause.pid` are Podman's, so either engine finds the other's namespace.
 */
import { accessSync, constants, existsSync, writeSync } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { execve, keepOverExec } from "../../sys/index.ts";
import type { Environment } from "../rootless.ts";

/** Set for the process that nsenter starts, and taken away by `afterEntry`. */
const directoryVariable = "_PODMAN_ENTRY_DIRECTORY";
const programVariable = "_PODMAN_ENTRY_PROGRAM";

/** True in a process that must enter before it touches storage, containers or networks. */
export function mustEnter(env: Environment): boolean {
  return (process.geteuid?.() ?? 0) !== 0 && (env["_CONTAINERS_USERNS_CONFIGURED"] ?? "") === "";
}

/** Replaces this process by itself inside the namespace, which is made if there is none. Does not return. @throws failed-precondition with what is missing */
export async function enter(env: Environment, args: readonly string[] = process.argv.slice(2)): Promise<never> {
  const { pausePid } = await import("./pause.ts");
  return join(await pausePid(env), env, args);
}

function join(pid: number, env: Environment, args: readonly string[]): never {
  const nsenter = findProgram("nsenter", env);
  for (const fd of preservedFds(args)) keepOverExec(fd);
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  // Credentials are preserved: our user is the namespace's root already, and its supplementary groups stay usable (keep-groups).
  return execve(nsenter, ["nsenter", "--user", "--mount", "--preserve-credentials", "--target", String(pid), "--", ...ourselves(), ...args], {
    ...variables,
    _CONTAINERS_USERNS_CONFIGURED: "done",
    _CONTAINERS_ROOTLESS_UID: String(process.geteuid?.() ?? 0),
    _CONTAINERS_ROOTLESS_GID: String(process.getegid?.() ?? 0),
    [directoryVariable]: currentDirectory(), [programVariable]: process.argv0,
  });
}

/** Descriptors of ours that a container is to get: `--preserve-fds=N` and `--preserve-fd=a,b` (podman-run(1)). Those that are not open are reported later. */
function preservedFds(args: readonly string[]): readonly number[] {
  const values = (name: string): string[] => args.flatMap((word, index) => word === name ? args[index + 1] ?? [] : word.startsWith(`${name}=`) ? word.slice(name.length + 1) : []);
  const count = Math.max(0, ...values("--preserve-fds").map(Number).filter(Number.isSafeInteger));
  const single = values("--preserve-fd").flatMap((text) => text.split(",").map(Number));
  const numbers = [...Array.from({ length: Math.min(count, maxPreserved) }, (_, index) => index + 3), ...single];
  return numbers.filter((fd) => Number.isSafeInteger(fd) && fd > 2 && existsSync(`/proc/self/fd/${fd}`));
}
/** More descriptors than a process may have by default. */
const maxPreserved = 1024;

/** Our executable, and the main file when run from source. */
function ourselves(): string[] {
  const main = process.argv[1] ?? "";
  return main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, main];
}

/** "/" for one that was removed. */
function currentDirectory(): string {
  try { return process.cwd(); } catch { return "/"; }
}

/**
 * First thing after the entry: back to the directory (by name, because it belongs to another mount namespace). A user may stand in
 * one that he may not enter (`su USER -c ...`): most commands need none, so the work is done from "/", and said, because a relative
 * path on the command line would start there. Returns the name we were called by before it.
 */
export function afterEntry(env: NodeJS.ProcessEnv): string | undefined {
  const directory = env[directoryVariable];
  const program = env[programVariable];
  if (directory === undefined) return undefined;
  delete env[directoryVariable];
  delete env[programVariable];
  try { process.chdir(directory); } catch (error) {
    if (!isErrno(error, "EACCES", "EPERM", "ENOENT", "ENOTDIR")) throw error;
    process.chdir("/");
    warn(`cannot chdir to ${directory}: working in "/", where relative paths start`);
  }
  return program;
}

/** On standard error, in the form of Podman's log. */
export function warn(message: string): void {
  try { writeSync(2, `time=${JSON.stringify(new Date().toISOString())} level=warning msg=${JSON.stringify(message)}\n`); } catch { /* nobody listens */ }
}

/** Full path of a program in PATH or the usual directories. @throws failed-precondition/program-missing */
export function findProgram(name: string, env: Environment): string {
  for (const directory of [...(env["PATH"] ?? "").split(":"), "/usr/bin", "/bin", "/usr/sbin", "/sbin"]) {
    const path = `${directory}/${name}`;
    try {
      if (!directory.startsWith("/")) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch { /* not here */ }
  }
  const packages: Readonly<Record<string, string>> = { newuidmap: "uidmap (Fedora: shadow-utils-subid)", newgidmap: "uidmap (Fedora: shadow-utils-subid)" };
  throw new EngineError("failed-precondition", `command required for rootless mode with multiple IDs: exec: "${name}": executable file not found in $PATH`, {
    reason: "program-missing", hint: `install the package ${packages[name] ?? "util-linux"}`,
  });
}
