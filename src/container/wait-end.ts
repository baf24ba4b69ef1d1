import type { EngineContext } from "../engine/context.ts";
import { waitForExit } from "../runtime/exit.ts";
import { isProcessAlive, waitForProcess } from "../sys/index.ts";
import { pathsOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * Waits until the container's process has ended, at most `timeoutMs`; true when it has. Woken by the exit file, not by a clock; by
 * the process itself when its monitor was killed. Takes no lock.
 */
export async function waitForEnd(context: EngineContext, record: ContainerRecord, timeoutMs?: number, signal?: AbortSignal): Promise<boolean> {
  const { pid, conmonPid } = record.state;
  const timer = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [timer, signal].filter((one) => one !== undefined);
  const stop = signals.length === 0 ? undefined : AbortSignal.any(signals);
  try {
    const exit = await waitForExit({ paths: pathsOf(context, record), id: record.id, ...(conmonPid === undefined ? {} : { conmonPid }), ...(stop === undefined ? {} : { signal: stop }) });
    if (exit === undefined && pid !== undefined && isProcessAlive(pid)) await waitForProcess(pid, stop);
    return true;
  } catch (error) {
    if (timer?.aborted === true && signal?.aborted !== true) return false;
    throw error;
  }
}
