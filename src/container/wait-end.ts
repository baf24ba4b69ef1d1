import type { EngineContext } from "../engine/context.ts";
import { waitForExit } from "../runtime/exit.ts";
import { pathsOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * Waits until the container's process has ended, at most `timeoutMs`; true when it has. Woken by the exit file, not by a clock.
 * Takes no lock.
 */
export async function waitForEnd(context: EngineContext, record: ContainerRecord, timeoutMs?: number): Promise<boolean> {
  const { conmonPid } = record.state;
  const timer = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    await waitForExit({ paths: pathsOf(context, record), id: record.id, ...(conmonPid === undefined ? {} : { conmonPid }), ...(timer === undefined ? {} : { signal: timer }) });
    return true;
  } catch (error) {
    if (timer?.aborted === true) return false;
    throw error;
  }
}
