import { rmSync } from "node:fs";
import { EngineError, isEngineError, messageOf, within } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { ContainerRemoveReport, remove as operation } from "../contract/container/remove.ts";
import type { EngineContext } from "../engine/context.ts";
import { endExitDelay } from "../runtime/conmon/exit-delay.ts";
import { conmonPidFileOf, readPid } from "../runtime/prepare.ts";
import { forgetLock } from "../state/lock.ts";
import { stateImproper } from "./errors.ts";
import { removeExecSessions } from "./exec-sessions.ts";
import { pathsOf } from "./paths.ts";
import { isAlive, type ContainerRecord } from "./record.ts";
import { emitContainer, sync } from "./sync.ts";
import { endProcess } from "./stop.ts";
import { hasLeftovers, teardown } from "./teardown.ts";

type Input = InputOf<typeof operation.input>;

/**
 * Removes a container: ends it (`force`), takes its runtime parts apart, then its layer, then its row. A kill at any point
 * leaves it in state `removing` or with its row, and the next remove goes on from there. Works for a damaged row too.
 * @throws conflict/container-running without force, conflict/dependents, not-found/no-such-container
 */
export async function remove(context: EngineContext, input: Input): Promise<readonly ContainerRemoveReport[]> {
  const id = await idOrNothing(context, input);
  if (id === undefined) return [];
  const pod = podOfInfra(context, id);
  if (pod !== undefined) return removePod(context, id, pod, input);
  const removed = input.depend === true ? await removeDependents(context, id, input) : [];
  await removeOne(context, id, input);
  return [...removed, { Id: id }];
}

/** An infra container goes with its pod. */
function podOfInfra(context: EngineContext, id: string): string | undefined {
  const { isInfra, pod } = (isReadable(context, id) ? context.containers().get(id)?.config : undefined) ?? {};
  return isInfra === true && pod !== undefined && context.state().pods.get(pod) !== undefined ? pod : undefined;
}

/** The pod depends on it. @throws conflict/dependents without `depend` */
async function removePod(context: EngineContext, id: string, pod: string, { depend, force, timeout }: Input): Promise<readonly ContainerRemoveReport[]> {
  if (depend !== true) throw new EngineError("conflict", `container ${id} is the infra container of pod ${pod} and cannot be removed without removing the pod`, { reason: "dependents" });
  const { remove: removeIt } = await import("../pod/remove.ts");
  const { RemovedCtrs = {}, Err } = await removeIt(context, { ref: pod, ...(force === undefined ? {} : { force }), ...(timeout === undefined ? {} : { timeout }) });
  if (Err !== undefined) throw new EngineError("conflict", Err, { reason: "dependents" });
  return Object.keys(RemovedCtrs).map((Id) => ({ Id }));
}

/** undefined when nothing is left to do: another tool's container went from the storage, or a missing one is ignored. */
async function idOrNothing(context: EngineContext, { ref, ignore, force }: Input): Promise<string | undefined> {
  try { return context.containers().resolveId(ref); } catch (error) {
    if (!isEngineError(error, "no-such-container")) throw error;
    if (await removeExternal(context, ref, force === true) || ignore === true) return undefined;
    throw new EngineError("not-found", `no container with ID or name "${ref}" found: no such container`, { reason: "no-such-container", cause: error });
  }
}

/** True when the storage had a container of that name that another tool made. */
async function removeExternal(context: EngineContext, ref: string, isForced: boolean): Promise<boolean> {
  const store = await context.store();
  const external = store.containers().find(({ id, names }) => id === ref || names.includes(ref) || (ref.length >= 4 && id.startsWith(ref)));
  if (external === undefined) return false;
  if (!isForced && store.mountPointOf(external.id) !== undefined) throw stateImproper(`container "${ref}" is mounted and cannot be removed without using force`);
  await store.removeContainer(external.id);
  return true;
}

async function removeDependents(context: EngineContext, id: string, input: Input): Promise<readonly ContainerRemoveReport[]> {
  const reports: ContainerRemoveReport[] = [];
  for (const dependent of context.containers().usersOf("dependency", id)) {
    try { reports.push(...await remove(context, { ...input, ref: dependent })); } catch (error) { reports.push({ Id: dependent, Err: messageOf(error) }); }
  }
  return reports;
}

/** As `remove`, for one whose pod goes too: an infra container is no exception. */
export async function removeOne(context: EngineContext, id: string, input: Pick<Input, "force" | "timeout" | "volumes">): Promise<void> {
  if (!isReadable(context, id)) return discard(context, id);
  if (input.force === true) await endFirst(context, id, input.timeout);
  using _lock = await context.lock("container", id);
  if (context.containers().get(id) === undefined) return forgetLock(context.config.paths.lockDir, "container", id);
  const record = await sync(context, id);
  refuseRemove(context, record, input.force === true);
  await removeLocked(context, record, { volumes: input.volumes === true });
}

function isReadable(context: EngineContext, id: string): boolean {
  try { context.containers().get(id); return true; } catch { return false; }
}

/** What is left of a container whose row says nothing: layer, row, lock. */
async function discard(context: EngineContext, id: string): Promise<void> {
  using _lock = await context.lock("container", id);
  await (await context.runtime()).delete(id, true);
  await (await context.store()).removeContainer(id);
  context.containers().remove(id);
  forgetLock(context.config.paths.lockDir, "container", id);
}

/** Stops it without holding the lock over the timeout. */
async function endFirst(context: EngineContext, id: string, timeout: number | undefined): Promise<void> {
  const stopping = await markStopping(context, id);
  if (stopping === undefined) return;
  if (stopping.state.status === "paused") await (await context.runtime(stopping.config.ociRuntime)).resume(id);
  try { await endProcess(context, stopping, timeout); } catch (error) {
    throw within(`cannot remove container ${id} as it could not be stopped`, error);
  }
}

/** undefined when there is nothing to end. */
async function markStopping(context: EngineContext, id: string): Promise<ContainerRecord | undefined> {
  using _lock = await context.lock("container", id);
  if (context.containers().get(id) === undefined) return undefined;
  const record = await sync(context, id);
  if (!isAlive(record.state.status)) return undefined;
  context.containers().setState(id, { status: "stopping", stoppedByUser: true });
  return record;
}

function refuseRemove(context: EngineContext, { id, state }: ContainerRecord, force: boolean): void {
  const dependents = context.containers().usersOf("dependency", id);
  if (dependents.length > 0) {
    throw new EngineError("conflict", `container ${id} has dependent containers which must be removed before it: ${dependents.join(", ")}: container already exists`, { reason: "dependents" });
  }
  if (!isAlive(state.status)) return;
  if (force) throw new EngineError("conflict", `cannot remove container ${id} as it could not be stopped`, { reason: "container-running" });
  throw stateImproper(`cannot remove container ${id} as it is ${state.status} - running or paused containers cannot be removed without force`, state.status === "paused" ? "container-paused" : "container-running");
}

/** Only with the lock held, for a synced container whose process has ended. */
export async function removeLocked(context: EngineContext, record: ContainerRecord, { volumes }: { readonly volumes: boolean }): Promise<void> {
  const { id } = record;
  const table = context.containers();
  const monitor = readPid(conmonPidFileOf(pathsOf(context, record)));
  const clean = hasLeftovers(record) ? await teardown(context, record, "removing", record.state.preparing === true || record.state.status === "initialized") : table.setState(id, { status: "removing" });
  await removeExecSessions(context, clean);
  await (await context.store()).removeContainer(id);
  const cidFile = record.config.annotations["io.podman.annotations.cid-file"];
  if (cidFile !== undefined) rmSync(cidFile, { force: true });
  const anonymous = record.config.volumes.filter((volume) => volume.anonymous);
  table.remove(id);
  if (volumes && anonymous.length > 0) await (await import("../volume/remove.ts")).removeAnonymous(context, anonymous.map(({ name }) => name));
  forgetLock(context.config.paths.lockDir, "container", id);
  endExitDelay(monitor, id);
  await emitContainer(context, record, "remove");
}
