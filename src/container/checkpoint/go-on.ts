/** The start of a container that goes on from a checkpoint: as any start, but complete before its process exists, because that runs at once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { NetworkAttach } from "../../contract/types/container-create.ts";
import type { EngineContext } from "../../engine/context.ts";
import { makeNetns, pinNetnsOf } from "../../net/netns.ts";
import { removeExecSessions } from "../exec-sessions.ts";
import { makeFiles } from "../files.ts";
import { heldPortsOf, ownsNetns, pinsNetnsLater } from "../network.ts";
import { notifyStarted } from "../notify.ts";
import { netnsPathOf, shmPathOf } from "../paths.ts";
import { connect, holdPublished, makeSpec, requestOf } from "../prepare.ts";
import { noCheckpoint, type ContainerRecord, type StateChange } from "../record.ts";
import { teardown } from "../teardown.ts";
import { applyChanges } from "./changes.ts";
import { fileOf } from "./names.ts";
import type { RestoreInput } from "./restore.ts";
import { unpackTar } from "./tar-file.ts";

export interface GoOn { readonly isImported: boolean; readonly networks: readonly NetworkAttach[] }

/** Only with the lock held, for a record that does not run. All or nothing; the checkpoint stays in any case. */
export async function goOn(context: EngineContext, given: ContainerRecord, input: RestoreInput, plan: GoOn): Promise<ContainerRecord> {
  await removeExecSessions(context, given);
  const record = context.containers().setState(given.id, { preparing: true, bootId: context.bootMark() });
  try { return await build(context, record, input, plan); } catch (error) {
    await teardown(context, record, given.state.status === "created" ? "created" : "exited", true).catch(() => { /* the first error is the one to tell */ });
    throw error;
  }
}

async function build(context: EngineContext, record: ContainerRecord, input: RestoreInput, plan: GoOn): Promise<ContainerRecord> {
  const checks = record.config.health === undefined ? undefined : await import("../../health/begin.ts");
  const files = makeFiles(context, record);
  const netnsPath = ownsNetns(record) ? netnsPathOf(context, record.id) : undefined;
  const isLater = pinsNetnsLater(record);
  if (netnsPath !== undefined && !isLater) await makeNetns(netnsPath);
  const { spec, rootfs } = await makeSpec(context, record, files);
  await fill(context, record, input, plan.isImported, rootfs);
  const connected: ContainerRecord = { ...record, config: { ...record.config, network: { ...record.config.network, networks: plan.networks } } };
  const early = isLater ? undefined : await connect(context, connected);
  const runtime = await context.runtime(record.config.ociRuntime);
  const ports = await holdPublished(heldPortsOf(context, record));
  let process: { readonly pid: number; readonly conmonPid: number };
  try {
    process = await runtime.create({
      ...requestOf(context, record, { heldFds: ports.fds }), spec,
      restore: { imagePath: fileOf(record, "images"), tcpEstablished: input.tcpEstablished === true, tcpClose: input.tcpClose === true, fileLocks: input.fileLocks === true },
    });
  } finally { ports.release(); }
  if (isLater && netnsPath !== undefined) await pinNetnsOf(process.pid, netnsPath);
  const networkStatus = isLater ? await connect(context, connected) : early;
  const change: StateChange = await checks?.prepareChecks(context, record) ?? {};
  const saved = save(context, record, { ...change, ...process, mountPoint: rootfs, netnsPath, networkStatus });
  const { pidFile, conmonPidFile } = record.config.create;
  if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
  if (conmonPidFile !== undefined) writeFileSync(conmonPidFile, String(process.conmonPid));
  notifyStarted(context, saved);
  if (checks !== undefined) await checks.triggerChecks(context, saved);
  return saved;
}

function save(context: EngineContext, record: ContainerRecord, change: StateChange): ContainerRecord {
  const now = new Date().toISOString();
  return context.containers().setState(record.id, {
    ...noCheckpoint, status: "running", preparing: undefined, startedAt: record.state.startedAt ?? now, exitCode: undefined, finishedAt: undefined, oomKilled: undefined, error: undefined, stoppedByUser: undefined,
    restartPending: undefined, bootId: context.bootMark(), healthStartup: undefined, healthRestart: undefined, health: undefined, exitRecorded: undefined,
    restored: true, restoredAt: now, checkpointPath: fileOf(record, "images"), restoreLog: fileOf(record, "restoreLog"), ...change,
  });
}

/** What the processes expect to find: their changes to the root, /dev/shm, and on another machine the volumes. */
async function fill(context: EngineContext, record: ContainerRecord, input: RestoreInput, isImported: boolean, rootfs: string): Promise<void> {
  if (input.ignoreRootfs !== true && record.config.create.rootfs === undefined) await applyChanges(record, rootfs);
  await unpackTar(fileOf(record, "shm"), shmPathOf(record));
  if (!isImported || input.ignoreVolumes === true) return;
  for (const name of new Set(record.config.volumes.map((use) => use.name))) {
    if (name.includes("/") || name.startsWith(".")) throw new EngineError("data-loss", `"${name}" is no name of a volume`, { reason: "corrupt-archive" });
    await unpackTar(join(fileOf(record, "volumes"), `${name}.tar`), context.state().volumes.resolve(name).mountpoint);
  }
}
