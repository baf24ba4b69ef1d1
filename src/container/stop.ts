import { EngineError, isEngineError } from "../base/errors.ts";
import { signalName } from "../base/signals.ts";
import type { InputOf } from "../contract/kit.ts";
import type { stop as operation } from "../contract/container/stop.ts";
import { isProcessAlive } from "../sys/index.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import type { ContainerRecord } from "./record.ts";
import { sendSignal } from "./signal.ts";
import { emitContainer, sync } from "./sync.ts";
import { teardown } from "./teardown.ts";
import { waitForEnd } from "./wait-end.ts";

const sigKill = 9;
/** SIGKILL cannot be refused; this long without an end means that the kernel cannot end it. */
const killTimeoutMs = 30_000;

/**
 * Stops a container: its stop signal, then after the timeout SIGKILL, then clean-up. Other verbs may work on it while we wait:
 * the lock is free meanwhile and the state says `stopping`.
 * @throws not-modified/container-not-running when it does not run, conflict/container-state when paused
 */
export async function stop(context: EngineContext, { ref, timeout, ignore }: InputOf<typeof operation.input>): Promise<void> {
  const id = idOrNothing(context, ref, ignore === true);
  if (id === undefined) return;
  const stopping = await beginStop(context, id);
  await endProcess(context, stopping, timeout);
  using _lock = await context.lock("container", id);
  // It may have removed itself (--rm) meanwhile.
  if (context.containers().get(id) === undefined) return;
  const record = await sync(context, id);
  await emitContainer(context, record, "stop");
  if (record.state.status === "stopped") {
    const clean = await teardown(context, record);
    // conmon's exit command would, but whoever asked for the stop may look for the name or the image at once.
    const { remove, removeImage } = record.config.create;
    if (remove === true) await (await import("./cleanup.ts")).removeEnded(context, clean, removeImage === true);
  }
  if (record.state.exitCode === -1) throw new EngineError("internal", `container ${id} conmon exited prematurely, exit code could not be retrieved: conmon process killed`);
}

function idOrNothing(context: EngineContext, ref: string, ignore: boolean): string | undefined {
  try { return context.containers().resolveId(ref); } catch (error) {
    if (ignore && isEngineError(error, "no-such-container")) return undefined;
    throw error;
  }
}

/** Marks it as being stopped by the user, which also keeps the restart policy away. */
async function beginStop(context: EngineContext, id: string): Promise<ContainerRecord> {
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  const { status } = record.state;
  if (status === "running" || status === "stopping" || status === "initialized") return context.containers().setState(id, { status: "stopping", stoppedByUser: true });
  if (status === "created" || status === "paused" || status === "removing") throw stopRefused(record);
  const marked = context.containers().setState(id, { stoppedByUser: true });
  if (status === "stopped") await teardown(context, marked);
  throw new EngineError("not-modified", "container is stopped", { reason: "container-not-running" });
}

function stopRefused({ id, state }: ContainerRecord): EngineError {
  return state.status === "created"
    ? new EngineError("not-modified", `can only stop created or running containers. ${id} is in state configured: container state improper`, { reason: "container-not-running" })
    : stateImproper(`can only stop created or running containers. ${id} is in state ${state.status}`, state.status === "paused" ? "container-paused" : "container-state");
}

/** Signals until it has ended. Only needs a record with pids; holds no lock. */
export async function endProcess(context: EngineContext, record: ContainerRecord, timeoutSeconds = record.config.stopTimeoutSeconds): Promise<void> {
  const { stopSignal } = record.config;
  if (timeoutSeconds > 0 && await sendSignal(context, record, stopSignal) && await waitForEnd(context, record, timeoutSeconds * 1000)) return;
  if (timeoutSeconds > 0 && isProcessAlive(record.state.pid ?? 0)) {
    context.warn(`StopSignal ${signalName(stopSignal)} failed to stop container ${record.name} in ${timeoutSeconds} seconds, resorting to SIGKILL`);
  }
  // One that is gone already leaves an exit behind that its monitor is about to write: callers look at it next.
  if (!await sendSignal(context, record, sigKill) && record.state.pid === undefined) return;
  if (!await waitForEnd(context, record, killTimeoutMs)) throw new EngineError("deadline-exceeded", `container ${record.id} did not end after SIGKILL`, { reason: "container-running" });
}
