/** Directories and left-overs: what must be there, and what must not, before conmon may start. */
import { mkdirSync, rmdirSync, rmSync, unlinkSync, writeFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { readStart } from "./errors.ts";
import type { ContainerPaths } from "./types.ts";

export const pidFileOf = (paths: ContainerPaths): string => join(paths.runDir, "pidfile");
export const conmonPidFileOf = (paths: ContainerPaths): string => join(paths.runDir, "conmon.pid");
export const ociLogOf = (paths: ContainerPaths): string => join(paths.runDir, "oci-log");
export const configFileOf = (paths: ContainerPaths): string => join(paths.bundle, "config.json");
export const attachSocketOf = (paths: ContainerPaths): string => join(paths.bundle, "attach");
export const exitFileOf = (paths: ContainerPaths, id: string): string => join(paths.exitDir, id);
export const oomFileOf = (paths: ContainerPaths): string => join(paths.persistDir, "oom");

/**
 * Makes the directories and removes what an earlier run of the container left: conmon refuses an existing FIFO or socket, and should
 * we die while it waits for the specification, it must not find the last one. Idempotent.
 */
export function prepareDirectories(paths: ContainerPaths, id: string): void {
  removeConmonFiles(paths, id);
  removeFile(conmonPidFileOf(paths));
  for (const directory of [paths.bundle, paths.runDir]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const directory of [paths.exitDir, paths.persistDir]) mkdirSync(directory, { recursive: true, mode: 0o750 });
  removeFile(configFileOf(paths));
}

/**
 * Idempotent. Call it also when a container is cleaned up after its exit was recorded. The monitor's pid stays known until the next
 * start: it may be waiting before it runs the exit command.
 */
export function removeConmonFiles(paths: ContainerPaths, id: string): void {
  for (const file of [join(paths.bundle, "ctl"), join(paths.bundle, "winsz"), attachSocketOf(paths), pidFileOf(paths), ociLogOf(paths), exitFileOf(paths, id), oomFileOf(paths), join(paths.persistDir, "exit")]) removeFile(file);
  try { rmdirSync(paths.persistDir); } catch (error) { if (!isErrno(error, "ENOENT", "ENOTEMPTY")) throw error; }
}

/** The exec session's own directory below the bundle. */
export function execPaths(paths: ContainerPaths, sessionId: string, containerId: string): ContainerPaths {
  const bundle = join(paths.bundle, sessionId);
  return { bundle, runDir: bundle, exitDir: join(bundle, "exit"), persistDir: join(bundle, "persist", containerId), logPath: join(bundle, "exec_log") };
}

/** Removes a finished exec session. Idempotent. */
export function removeExecDirectory(paths: ContainerPaths, sessionId: string): void {
  rmSync(join(paths.bundle, sessionId), { recursive: true, force: true });
}

/** 2^64, which a double holds and a u64 does not; `spec/rlimits.ts` uses it for "unlimited". */
const doubleUnlimited = "18446744073709552000";
const rlimInfinity = "18446744073709551615";

/** Renames into place: a reader never sees half a file. Unlimited limits become RLIM_INFINITY. */
export function writeJson(path: string, value: unknown): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, JSON.stringify(value).replaceAll(`:${doubleUnlimited}`, `:${rlimInfinity}`), { mode: 0o644 });
  renameSync(temporary, path);
}

export function removeFile(path: string): void {
  try { unlinkSync(path); } catch (error) { if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error; }
}

/** 0 when the file is absent or empty. */
export function readPid(file: string): number {
  try {
    const pid = Number.parseInt(readStart(file, 16), 10);
    return Number.isNaN(pid) ? 0 : pid;
  } catch { return 0; }
}

