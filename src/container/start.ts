import { EngineError, within } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { start as operation } from "../contract/container/start.ts";
import type { EngineContext } from "../engine/context.ts";
import { stateImproper } from "./errors.ts";
import { notifyHealthy, notifyStarted } from "./notify.ts";
import { observe } from "./observe.ts";
import { prepare } from "./prepare.ts";
import { isAlive, type ContainerRecord, type StateChange } from "./record.ts";
import { recordFailure } from "./start-failure.ts";
import { emitContainer, sync } from "./sync.ts";
import { teardown } from "./teardown.ts";

/**
 * Starts a container and, first, those it depends on. After any failure it is as before, with the error kept in its state.
 * @throws not-modified/container-running when it runs, conflict/container-state, and what the start itself says
 */
export async function start(context: EngineContext, { ref, recursive = true }: InputOf<typeof operation.input>): Promise<void> {
  const id = context.containers().resolveId(ref);
  if (recursive) await startDependencies(context, id);
  {
    using _lock = await context.lock("container", id);
    const record = await sync(context, id);
    refuseStart(record);
    await startLocked(context, record, recursive);
  }
  await notifyHealthy(context, id);
}

/** Prepares when needed and lets the process go. Only with the lock held, for a synced record that may start. */
export async function startLocked(context: EngineContext, given: ContainerRecord, recursive = true): Promise<ContainerRecord> {
  if (!recursive) dependenciesMustRun(context, given);
  return launch(context, given.state.status === "initialized" ? given : await prepare(context, given));
}

async function launch(context: EngineContext, record: ContainerRecord): Promise<ContainerRecord> {
  const runtime = await context.runtime(record.config.ociRuntime);
  const checks = record.config.health === undefined ? undefined : await import("../health/begin.ts");
  let change: StateChange = {};
  try {
    change = await checks?.prepareChecks(context, record) ?? change;
    await runtime.start(record.id);
  } catch (error) {
    await teardown(context, record, record.state.startedAt === undefined ? "created" : "exited", true).catch(() => { /* the first error counts; the next verb tears down again */ });
    recordFailure(context, record.id, error);
    throw error;
  }
  const saved = context.containers().setState(record.id, { status: "running", startedAt: new Date().toISOString(), stoppedByUser: undefined, error: undefined, ...change });
  notifyStarted(context, saved);
  await emitContainer(context, saved, "start");
  if (checks !== undefined) await checks.triggerChecks(context, saved);
  return saved;
}

function refuseStart({ id, state }: ContainerRecord): void {
  if (state.status === "running" || state.status === "stopping") throw new EngineError("not-modified", `container ${id}: container is running`, { reason: "container-running" });
  if (state.status === "paused") throw stateImproper(`cannot start paused container ${id}`, "container-paused");
  if (state.status === "removing") throw stateImproper(`cannot start container ${id} as it is being removed`);
}

/** Starts what must run before. A dependency that fails stops everything. Locks are taken one at a time. */
export async function startDependencies(context: EngineContext, id: string): Promise<void> {
  const { config } = context.containers().resolve(id);
  for (const dependency of config.dependencies ?? []) {
    const found = context.containers().get(dependency);
    if (found === undefined) throw new EngineError("not-found", `retrieving dependency ${dependency} of container ${id} from state: no such container`, { reason: "no-such-container" });
    if (observe(context, found).record.state.status === "running") continue;
    try {
      await start(context, { ref: dependency });
    } catch (error) {
      if (error instanceof EngineError && error.code === "not-modified") continue;
      throw within(`starting dependency for container ${id}`, error);
    }
  }
}

function dependenciesMustRun(context: EngineContext, { id, config }: ContainerRecord): void {
  const stopped = (config.dependencies ?? []).filter((dependency) => {
    const record = context.containers().get(dependency);
    return record === undefined || !isAlive(observe(context, record).record.state.status);
  });
  if (stopped.length > 0) throw stateImproper(`some dependencies of container ${id} are not started: ${stopped.join(",")}`);
}
