/** What an exec session really is now, and its end. Only writers hold the container's lock. */
import { isProcessAlive } from "../sys/index.ts";
import { pathsOf } from "../container/paths.ts";
import type { EngineContext } from "../engine/context.ts";
import { readExit } from "../runtime/exit.ts";
import { execPaths, removeExecDirectory } from "../runtime/prepare.ts";
import type { ContainerPaths } from "../runtime/types.ts";
import type { ExecRecord, ExecState } from "../state/exec-record.ts";

/** Killed with its container: 128 + SIGKILL. */
const killedCode = 137;

export function sessionPaths(context: EngineContext, { id, containerId }: ExecRecord): ContainerPaths {
  return execPaths(pathsOf(context, context.containers().resolve(containerId)), id, containerId);
}

/** The session with its present state; writes nothing. */
export function observeSession(context: EngineContext, record: ExecRecord): ExecRecord {
  const { state } = record;
  if (state.status !== "running") return record;
  const stopped = (exitCode: number): ExecRecord => ({ ...record, state: { ...state, status: "stopped", exitCode } satisfies ExecState });
  if (state.bootId !== context.bootMark()) return stopped(killedCode);
  const exit = readExit(sessionPaths(context, record), record.containerId);
  if (exit !== undefined) return stopped(exit.exitCode);
  return state.pid !== undefined && isProcessAlive(state.pid) ? record : stopped(killedCode);
}

/**
 * Writes down a session's end and removes its directory; with `forget` the session itself too. Idempotent.
 * @throws not-found/no-such-exec
 */
export async function finishSession(context: EngineContext, id: string, { forget }: { readonly forget: boolean }): Promise<void> {
  const table = context.state().exec;
  const { containerId } = table.resolve(id);
  using _lock = await context.lock("container", containerId);
  const before = table.resolve(id);
  const record = observeSession(context, before);
  if (record.state.status === "running") return;
  if (before.state.status === "running") {
    table.setState(id, record.state);
    const container = context.containers().resolve(containerId);
    removeExecDirectory(pathsOf(context, container), id);
    const { emitContainer } = await import("../container/sync.ts");
    await emitContainer(context, container, "exec_died", { exitCode: record.state.exitCode ?? -1, attributes: { execID: id } });
  }
  if (forget) table.remove(id);
}
