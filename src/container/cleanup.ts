import { EngineError, isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { cleanup as operation } from "../contract/container/cleanup.ts";
import type { EngineContext } from "../engine/context.ts";
import { forgetLock } from "../state/lock.ts";
import { stateImproper } from "./errors.ts";
import { isAlive, type ContainerRecord } from "./record.ts";
import { emitContainer, sync } from "./sync.ts";
import { hasLeftovers, teardown } from "./teardown.ts";

type Input = InputOf<typeof operation.input>;

/**
 * What follows the end of a container: its exit code is recorded, then the restart policy decides, else network, mounts and
 * runtime parts are taken apart and a container made with --rm is removed. Idempotent: the foreground client and conmon's exit
 * command may both do it. Loads only what it needs.
 * @throws conflict/container-state when it runs
 */
export async function cleanup(context: EngineContext, input: Input): Promise<void> {
  if (input.exec !== undefined) return cleanupExec(context, input.exec);
  const id = context.containers().resolveId(input.ref);
  const pod = await cleanupOne(context, id, input);
  if (pod !== undefined) await (await import("./pod-exit.ts")).stopIfAlone(context, pod);
}

/** Returns the pod of a container that has ended for good. */
async function cleanupOne(context: EngineContext, id: string, input: Input): Promise<string | undefined> {
  using _lock = await context.lock("container", id);
  if (context.containers().get(id) === undefined) { forgetLock(context.config.paths.lockDir, "container", id); return undefined; }
  const record = await sync(context, id);
  refuse(record, input.stoppedOnly === true);
  const clean = await settle(context, record);
  if (clean === undefined) return undefined;
  // A checkpoint is all there is of it: who makes one for an archive removes it afterwards.
  if (input.remove === true && clean.state.checkpointed !== true) await removeEnded(context, clean, input.removeImage === true);
  return record.config.isInfra === true ? undefined : record.config.pod;
}

/** What --rm and --rmi ask for. Only with the lock held, for a container that was taken apart. */
export async function removeEnded(context: EngineContext, record: ContainerRecord, withImage: boolean): Promise<void> {
  const { removeLocked } = await import("./remove.ts");
  await removeLocked(context, record, { volumes: true });
  if (withImage) await removeImageOf(context, record);
}

function refuse({ id, state }: ContainerRecord, stoppedOnly: boolean): void {
  if (isAlive(state.status)) throw stateImproper(`container ${id} is running or paused, refusing to clean up`, "container-running");
  if (stoppedOnly && (state.status === "created" || state.status === "initialized")) {
    throw stateImproper(`container ${id} is not stopped and only cleanup for a stopped container was requested`);
  }
}

/** undefined when the restart policy started it again. Only with the lock held. */
export async function settle(context: EngineContext, record: ContainerRecord): Promise<ContainerRecord | undefined> {
  if (shouldRestart(record)) {
    await restartByPolicy(context, record);
    return undefined;
  }
  if (!hasLeftovers(record)) return record;
  const clean = await teardown(context, record, record.state.status === "removing" ? "removing" : record.state.startedAt === undefined ? "created" : "exited", record.state.preparing === true || record.state.status === "initialized");
  await emitContainer(context, clean, "cleanup");
  return clean;
}

/** podman-run(1), --restart. */
export function shouldRestart({ config, state }: ContainerRecord): boolean {
  const { policy = "no", maxRetries = 0 } = config.create.restart ?? {};
  if (state.healthRestart === true && state.restartPending === true) return true;
  if (policy === "no" || state.stoppedByUser === true || state.restartPending !== true) return false;
  if (policy !== "on-failure") return true;
  return state.exitCode !== 0 && (maxRetries === 0 || (state.restartCount ?? 0) < maxRetries);
}

async function restartByPolicy(context: EngineContext, record: ContainerRecord): Promise<void> {
  const { startLocked } = await import("./start.ts");
  await emitContainer(context, record, "restart");
  const counted = context.containers().setState(record.id, { restartCount: (record.state.restartCount ?? 0) + 1, restartPending: undefined });
  await startLocked(context, counted);
}

async function cleanupExec(context: EngineContext, id: string): Promise<void> {
  const { finishSession } = await import("../exec/session.ts");
  try { await finishSession(context, id, { forget: true }); } catch (error) { if (!isEngineError(error, "no-such-exec")) throw error; }
}

async function removeImageOf(context: EngineContext, { config }: ContainerRecord): Promise<void> {
  if (config.imageId === undefined) return;
  try { await (await context.store()).removeImage(config.imageId); } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    context.warn(`image "${config.imageName ?? config.imageId}" is still in use: ${error.message}`);
  }
}
