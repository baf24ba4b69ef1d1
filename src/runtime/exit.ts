/** How a container's end is learned: conmon writes the exit status into `<exitDir>/<id>`, by rename. */
import { existsSync, statSync, watch } from "node:fs";
import { isErrno } from "../base/errors.ts";
import { waitForProcess } from "../sys/index.ts";
import { readStart } from "./errors.ts";
import { exitFileOf, oomFileOf } from "./prepare.ts";
import type { ContainerPaths } from "./types.ts";

export interface ExitStatus { readonly exitCode: number; readonly finishedAt: Date; readonly oomKilled: boolean }

/** undefined while the container has not ended (or its end was already cleaned away). */
export function readExit(paths: ContainerPaths, id: string): ExitStatus | undefined {
  const file = exitFileOf(paths, id);
  try {
    const exitCode = Number.parseInt(readStart(file, 16), 10);
    if (Number.isNaN(exitCode)) return undefined;
    return { exitCode, finishedAt: statSync(file).mtime, oomKilled: existsSync(oomFileOf(paths)) };
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

export interface ExitWait {
  readonly paths: ContainerPaths;
  readonly id: string;
  /** conmon's pid; when it dies without an exit file the wait ends too. */
  readonly conmonPid?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for the exit file. No polling: a watch on its directory, and a pidfd on conmon.
 * undefined: conmon died without writing one (it was killed), so nobody knows the status.
 */
export async function waitForExit({ paths, id, conmonPid, signal }: ExitWait): Promise<ExitStatus | undefined> {
  const stop = new AbortController();
  const onAbort = (): void => { stop.abort(signal?.reason); };
  signal?.addEventListener("abort", onAbort, { once: true });
  const written = Promise.withResolvers<void>();
  const watcher = watch(paths.exitDir, (_, name) => { if (name === id) written.resolve(); });
  stop.signal.addEventListener("abort", () => { written.resolve(); }, { once: true });
  try {
    // After the watch exists, so that no write falls between.
    const early = readExit(paths, id);
    if (early !== undefined) return early;
    const conmonGone = conmonPid === undefined ? undefined : waitForProcess(conmonPid, stop.signal).catch(() => undefined);
    await (conmonGone === undefined ? written.promise : Promise.race([written.promise, conmonGone]));
    signal?.throwIfAborted();
    return readExit(paths, id);
  } finally {
    watcher.close();
    stop.abort();
    signal?.removeEventListener("abort", onAbort);
  }
}
