/** Opens the files of a container for `cp` and the archive endpoints, whatever its state. */
import { openSync } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import type { EngineContext } from "../../engine/context.ts";
import { openFlags } from "../../sys/index.ts";
import { stateImproper } from "../errors.ts";
import { observe } from "../observe.ts";
import { isAlive, type ContainerRecord } from "../record.ts";
import { ContainerTree } from "./tree.ts";

export interface OpenContainer extends AsyncDisposable {
  readonly record: ContainerRecord;
  readonly tree: ContainerTree;
  /** The tree is that of its processes: mounts are the kernel's business. */
  readonly runs: boolean;
}

/**
 * Of one that runs: what its first process sees, through /proc, with every mount. Of another: its root, mounted for this long, and
 * its volumes and bind mounts (tmpfs are made at the start and have nothing yet). `toWrite` fills new volumes first, as the start would.
 * @throws not-found/no-such-container, conflict/container-state while it is being removed
 */
export async function openContainer(context: EngineContext, ref: string, toWrite = false): Promise<OpenContainer> {
  const { record } = observe(context, context.containers().resolve(ref), true);
  if (record.state.status === "removing") throw stateImproper(`container ${record.id} is being removed`);
  const tree = processTree(context, record);
  if (tree !== undefined) return { record, tree, runs: true, [Symbol.asyncDispose]: async () => { tree[Symbol.dispose](); return Promise.resolve(); } };
  return storedTree(context, record, toWrite);
}

/** undefined when no process of it lives. Through /proc/PID/root a path crosses the container's mounts without entering any namespace. */
function processTree(context: EngineContext, record: ContainerRecord): ContainerTree | undefined {
  const { pid, status } = record.state;
  if (pid === undefined || !(isAlive(status) || status === "initialized")) return undefined;
  try {
    const tree = new ContainerTree(openSync(`/proc/${pid}/root`, openFlags.path | openFlags.directory), new Map());
    // It may have ended, and its number may be another's since: what is open is right only if it lives still.
    if (observe(context, record, true).record.state.pid === pid) return tree;
    tree[Symbol.dispose]();
    return undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

async function storedTree(context: EngineContext, record: ContainerRecord, toWrite: boolean): Promise<OpenContainer> {
  await using undo = new AsyncDisposableStack();
  const root = await mountRoot(context, record, undo);
  const mounts = new Map<string, string>();
  for (const { type, source, destination, options, subpath } of record.config.mounts ?? []) {
    if (type === "bind" && source !== undefined && subpath === undefined && options?.includes("O") !== true) mounts.set(destination, source);
  }
  if (record.config.volumes.length > 0) await addVolumes(context, record, { root, toWrite, mounts, undo });
  const tree = undo.use(new ContainerTree(openSync(root, openFlags.path | openFlags.directory), mounts));
  const kept = undo.move();
  return { record, tree, runs: false, [Symbol.asyncDispose]: async () => kept.disposeAsync() };
}

async function mountRoot(context: EngineContext, record: ContainerRecord, undo: AsyncDisposableStack): Promise<string> {
  const { rootfs } = record.config.create;
  if (rootfs !== undefined) {
    const { mountRootfs, unmountRootfs } = await import("../rootfs.ts");
    const path = mountRootfs(record, rootfs);
    undo.defer(() => { if (!isAlive(observe(context, context.containers().get(record.id) ?? record).record.state.status)) unmountRootfs(record); });
    return path;
  }
  const store = await context.store();
  const path = await store.mountContainer(record.id);
  undo.defer(async () => { await store.unmountContainer(record.id); });
  return path;
}

interface VolumeRequest { readonly root: string; readonly toWrite: boolean; readonly mounts: Map<string, string>; readonly undo: AsyncDisposableStack }

async function addVolumes(context: EngineContext, record: ContainerRecord, { root, toWrite, mounts, undo }: VolumeRequest): Promise<void> {
  const [{ mount }, { unmount }] = await Promise.all([import("../../volume/mount.ts"), import("../../volume/unmount.ts")]);
  for (const { name: ref, destination, options, subpath } of record.config.volumes) {
    if (subpath !== undefined || options.includes("O")) continue;
    mounts.set(destination, await mount(context, { ref }));
    undo.defer(async () => { await unmount(context, { ref }); });
  }
  if (toWrite) await (await import("../../volume/use.ts")).useVolumes(context, record, root);
}
