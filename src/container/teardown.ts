/**
 * Takes apart what a start made outside of the database. Every step is idempotent and does not depend on what the record
 * says: paths follow from the id, so it also cleans up after a start that was killed half-way.
 */
import { existsSync } from "node:fs";
import { runAll } from "../base/undo.ts";
import { removeNetns, unmount, umountFlags } from "../sys/index.ts";
import type { EngineContext } from "../engine/context.ts";
import { removeConmonFiles } from "../runtime/prepare.ts";
import { isConnected, networkSetupOf, ownsNetns } from "./network.ts";
import { noRun } from "./observe.ts";
import { netnsPathOf, pathsOf, shmPathOf } from "./paths.ts";
import type { ContainerRecord, ContainerStatus } from "./record.ts";

/** True when there may be anything to take apart. */
export function hasLeftovers({ state }: ContainerRecord): boolean {
  return state.preparing === true || state.netnsPath !== undefined || state.mountPoint !== undefined || state.pid !== undefined || state.status === "stopped" || state.status === "initialized";
}

/**
 * Network ∥ runtime ∥ mounts, then the new status. Only with the lock held and the process ended (or `force`: it is killed).
 * What fails is tried to its end and thrown together; the status is written all the same.
 */
export async function teardown(context: EngineContext, record: ContainerRecord, status: ContainerStatus = "exited", force = false): Promise<ContainerRecord> {
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => { try { await work(); } catch (error) { failures.push(error); } };
  // The file system cannot be unmounted while the process lives in it.
  if (force) await attempt(async () => (await context.runtime(record.config.ociRuntime)).delete(record.id, true));
  const network = attempt(async () => teardownNetwork(context, record));
  const hosts = record.config.network.mode === "container" ? attempt(async () => (await import("./joined-hosts.ts")).forgetJoinedHost(context, record)) : undefined;
  const runtime = force ? undefined : attempt(async () => (await context.runtime(record.config.ociRuntime)).delete(record.id, false));
  const checks = record.state.healthTimer === undefined ? undefined : attempt(async () => (await import("../health/timer.ts")).endTimer(context, record));
  // A turn later, so that the others have started their programs: an unmount blocks this process for milliseconds.
  await Promise.all([network, hosts, runtime, checks, Bun.sleep(0).then(async () => attempt(async () => unmountAll(context, record)))]);
  removeConmonFiles(pathsOf(context, record), record.id);
  const saved = context.containers().setState(record.id, { ...noRun, status });
  if (failures.length > 0) await runAll(failures.map((failure) => () => { throw failure; }));
  return saved;
}

export async function teardownNetwork(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (!ownsNetns(record)) return;
  const path = netnsPathOf(context, record.id);
  try {
    if (isConnected(record)) await (await context.networks()).teardown(networkSetupOf(context, record), { behind: true });
  } finally {
    if (existsSync(path)) removeNetns(path);
  }
}

async function unmountAll(context: EngineContext, record: ContainerRecord): Promise<void> {
  unmountQuietly(shmPathOf(record));
  // A plugin that does not answer must not keep the root mounted.
  try { if (record.config.volumes.length > 0) await (await import("../volume/use.ts")).releaseVolumes(context, record); } finally { await unmountRoot(context, record); }
}

async function unmountRoot(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.config.mounts?.some(({ type }) => type === "image") === true) await (await import("./image-mounts.ts")).unmountImagesOf(context, record);
  if (record.config.create.rootfs !== undefined) { (await import("./rootfs.ts")).unmountRootfs(record); return; }
  await (await context.store()).unmountContainer(record.id, record.state.preparing === true);
}

/** A tmpfs of ours that may or may not be there. */
function unmountQuietly(path: string): void {
  if (!existsSync(path)) return;
  try { unmount(path, umountFlags.detach); } catch { /* EINVAL: nothing is mounted there */ }
}
