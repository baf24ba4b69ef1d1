import { existsSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { RestoreReport, restore as operation } from "../../contract/container/restore.ts";
import type { InputOf } from "../../contract/kit.ts";
import type { NetworkAttach } from "../../contract/types/container-create.ts";
import type { EngineContext } from "../../engine/context.ts";
import type { NetworkStatus } from "../../net/types.ts";
import { criuErrors } from "../../runtime/criu.ts";
import { readStart } from "../../runtime/errors.ts";
import { removeFile } from "../../runtime/prepare.ts";
import { stateImproper } from "../errors.ts";
import type { ContainerRecord } from "../record.ts";
import { emitContainer, sync } from "../sync.ts";
import { hasLeftovers, teardown } from "../teardown.ts";
import { statisticsOf } from "./checkpoint.ts";
import { goOn } from "./go-on.ts";
import { archiveSource, directorySource, importContainer, type CheckpointSource } from "./import.ts";
import { fileOf, runtimeAnnotation } from "./names.ts";
import { mustSupport } from "./support.ts";
import { unpackStream } from "./tar-file.ts";

export type RestoreInput = InputOf<typeof operation.input>;

const maxStatusBytes = 4 * 1024 * 1024;

/**
 * Lets a container go on where it was checkpointed; from an archive or a checkpoint image a new one is made first, and goes again when
 * the restore fails. @throws not-found without a checkpoint, conflict/container-state, failed-precondition without CRIU
 */
export async function restore(context: EngineContext, input: RestoreInput): Promise<RestoreReport> {
  await mustSupport(context, context.config.engine.runtime, "restoring");
  if (input.importPath !== undefined) return restoreNew(context, input, archiveSource(input.importPath));
  const id = idOf(context, input.ref);
  return id === undefined ? restoreImage(context, input) : restoreKnown(context, input, id, false);
}

function idOf(context: EngineContext, ref: string): string | undefined {
  try { return context.containers().resolveId(ref); } catch (error) {
    if (isEngineError(error, "no-such-container")) return undefined;
    throw error;
  }
}

async function restoreImage(context: EngineContext, input: RestoreInput): Promise<RestoreReport> {
  const { findImage } = await import("../../image/lookup.ts");
  const image = (await findImage(context, input.ref))?.image;
  if (image === undefined) throw new EngineError("not-found", `no such container or image: ${input.ref}`, { reason: "no-such-container" });
  const store = await context.store();
  const { readImage } = await import("../../image/facts.ts");
  const { manifest } = readImage(store, image);
  const annotations = manifest.kind === "index" ? {} : manifest.image.annotations ?? {};
  if (annotations[runtimeAnnotation] === undefined) throw new EngineError("invalid-argument", `image is not a checkpoint: ${image.id}`);
  const root = await store.mountImage(image.id);
  try { return await restoreNew(context, input, directorySource(root, input.ref)); } finally { await store.unmountImage(image.id); }
}

async function restoreNew(context: EngineContext, input: RestoreInput, source: CheckpointSource): Promise<RestoreReport> {
  const record = await importContainer(context, source, { ...input, onlyRuntime: input.runtime });
  try { return await restoreKnown(context, input, record.id, true); } catch (error) {
    await forgetNew(context, record, input).catch(() => { /* what the restore said is the one to tell */ });
    throw error;
  }
}

/** Its volumes were not there before: another one of that name would have been refused. */
async function forgetNew(context: EngineContext, { id, config }: ContainerRecord, { ignoreVolumes }: RestoreInput): Promise<void> {
  await (await import("../remove.ts")).remove(context, { ref: id, force: true, volumes: true });
  if (ignoreVolumes === true) return;
  const { remove } = await import("../../volume/remove.ts");
  for (const { name, anonymous } of config.volumes) if (!anonymous) await remove(context, { ref: name });
}

async function restoreKnown(context: EngineContext, input: RestoreInput, id: string, isImported: boolean): Promise<RestoreReport> {
  using _lock = await context.lock("container", id);
  const found = await sync(context, id);
  await mustSupport(context, found.config.ociRuntime, "restoring");
  if (found.state.status !== "created" && found.state.status !== "exited" && found.state.status !== "stopped") throw stateImproper(`container ${id} is running or paused, cannot restore`, "container-running");
  if (input.importPreviousPath !== undefined) await unpackStream(await archiveSource(input.importPreviousPath).stream(), found.config.staticDir);
  const inventory = join(fileOf(found, "images"), "inventory.img");
  if (lstatSync(inventory, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new EngineError("not-found", `a complete checkpoint for this container cannot be found, cannot restore: stat ${inventory}: no such file or directory`);
  }
  const record = forgetStatic(context, hasLeftovers(found) ? await teardown(context, found) : found, input);
  writeFileSync(fileOf(record, "restoreLog"), "", { mode: 0o600 });
  context.containers().setState(id, { restoreLog: fileOf(record, "restoreLog"), checkpointPath: fileOf(record, "images") });
  const started = performance.now();
  let restored: ContainerRecord;
  try { restored = await goOn(context, record, input, { isImported, networks: networksOf(record, input) }); } catch (error) {
    const hint = criuErrors(fileOf(record, "restoreLog"));
    throw hint === undefined || !(error instanceof EngineError) ? error : new EngineError("internal", `restoring container ${id}: ${error.message}`, { cause: error, hint });
  }
  const duration = Math.round((performance.now() - started) * 1000);
  await emitContainer(context, restored, "restore");
  const statistics = input.printStats === true ? statisticsOf(fileOf(record, "restoreStats"), "restore") : null;
  if (input.keep !== true) forgetCheckpoint(context, record);
  return { Id: id, runtime_restore_duration: input.printStats === true ? duration : 0, criu_statistics: statistics };
}

/** --ignore-static-ip and -mac count for later starts too. */
function forgetStatic(context: EngineContext, record: ContainerRecord, { ignoreStaticIp, ignoreStaticMac }: RestoreInput): ContainerRecord {
  if (ignoreStaticIp !== true && ignoreStaticMac !== true) return record;
  const networks = record.config.network.networks.map(({ staticIps, staticMac, ...rest }): NetworkAttach => ({
    ...rest, ...(ignoreStaticIp === true || staticIps === undefined ? {} : { staticIps }), ...(ignoreStaticMac === true || staticMac === undefined ? {} : { staticMac }),
  }));
  return context.containers().setConfig(record.id, { ...record.config, network: { ...record.config.network, networks } });
}

/** The addresses it had, unless it has a new name: then it may be there more than once. */
function networksOf(record: ContainerRecord, { name, ignoreStaticIp, ignoreStaticMac }: RestoreInput): readonly NetworkAttach[] {
  const status = readStatus(fileOf(record, "network"));
  const { networks } = record.config.network;
  if (name !== undefined || status === undefined || (ignoreStaticIp === true && ignoreStaticMac === true)) return networks;
  return networks.map(({ staticIps: _ips, staticMac: _mac, ...rest }): NetworkAttach => {
    const [first] = Object.entries(status[rest.name]?.interfaces ?? {});
    if (first === undefined) return rest;
    const [interfaceName, { mac_address, subnets = [] }] = first;
    return { ...rest, interfaceName, ...(ignoreStaticMac === true ? {} : { staticMac: mac_address }), ...(ignoreStaticIp === true ? {} : { staticIps: subnets.map(({ ipnet }) => ipnet.split("/")[0] ?? "") }) };
  });
}

function readStatus(path: string): Readonly<Record<string, NetworkStatus>> | undefined {
  if (!existsSync(path)) return undefined;
  try { return (JSON.parse(readStart(path, maxStatusBytes)) ?? undefined) as Readonly<Record<string, NetworkStatus>> | undefined; } catch { return undefined; }
}

/** The checkpoint is consumed: a second process from it would be the same one again. */
function forgetCheckpoint(context: EngineContext, record: ContainerRecord): void {
  for (const name of ["images", "preImages", "volumes"] as const) rmSync(fileOf(record, name), { recursive: true, force: true });
  for (const name of ["restoreLog", "dumpLog", "dumpStats", "restoreStats", "shm", "network", "rootfs", "deleted", "config", "spec"] as const) removeFile(fileOf(record, name));
  context.containers().setState(record.id, { checkpointPath: undefined, checkpointLog: undefined, restoreLog: undefined });
}
