/** How a container's end is learned: conmon writes the exit status into `<exitDir>/<id>`, by rename. */
import { existsSync, statSync } from "node:fs";
import { isErrno } from "../base/errors.ts";
import { waitForProcess, watchOnce } from "../sys/index.ts";
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
  let isGone = false;
  const gone = conmonPid === undefined ? undefined : waitForProcess(conmonPid, stop.signal).then(() => { isGone = true; }, () => undefined);
  const aborted = new Promise<void>((resolve) => { stop.signal.addEventListener("abort", () => { resolve(); }, { once: true }); });
  try {
    for (;;) {
      const last = isGone;
      const exit = await nextLook(paths, id, [aborted, ...(gone === undefined ? [] : [gone])], last);
      signal?.throwIfAborted();
      if (exit !== undefined || last) return exit;
    }
  } finally {
    stop.abort();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Looks for the exit file; when it is not there, waits for a change of its directory or for one of `others`. */
async function nextLook(paths: ContainerPaths, id: string, others: readonly Promise<void>[], isLast: boolean): Promise<ExitStatus | undefined> {
  const early = readExit(paths, id);
  if (early !== undefined || isLast) return early;
  const change = await watchOnce(paths.exitDir);
  try {
    // After the watch exists, so that no write falls between.
    const exit = readExit(paths, id);
    if (exit === undefined) await Promise.race([change.changed, ...others]);
    return exit;
  } finally { change.close(); }
}
