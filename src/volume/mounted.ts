/** Mounts and unmounts a volume, whatever its driver. Only with the volume's lock held. */
import { EngineError, within } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { isPluginDriver } from "./driver.ts";
import type { VolumePlugin } from "./plugin.ts";
import { isMounted, mountVolume, unmountVolume } from "./mount-device.ts";
import { directoryOf, needsMount } from "./record.ts";

/**
 * Gives the record with the place where the volume is now. Idempotent; a kill in between leaves a mount that the next use finds
 * or makes again. @throws what mount(8), the store or the plugin say
 */
export async function bringUp(context: EngineContext, record: VolumeRecord): Promise<VolumeRecord> {
  if (!needsMount(record)) return record;
  if (isPluginDriver(context, record.driver)) return bringUpPlugin(context, record);
  if (record.driver === "image") return bringUpImage(context, record);
  if (!isMounted(record.mountpoint)) await mountVolume(record);
  return record;
}

async function bringUpPlugin(context: EngineContext, record: VolumeRecord): Promise<VolumeRecord> {
  if (record.mountedAt !== undefined) return record;
  const plugin = await pluginOf(context, record);
  return keep(context, { ...record, mountedAt: await plugin.mount(record.name) });
}

async function bringUpImage(context: EngineContext, record: VolumeRecord): Promise<VolumeRecord> {
  if (record.mountedAt !== undefined && isMounted(record.mountedAt)) return record;
  try {
    return keep(context, { ...record, mountedAt: await (await context.store()).mountContainer(storageIdOf(record)) });
  } catch (error) { throw within(`mounting volume ${record.name} image failed`, error); }
}

/** Idempotent. @throws what the store or the plugin say */
export async function takeDown(context: EngineContext, record: VolumeRecord): Promise<VolumeRecord> {
  if (!needsMount(record)) return record;
  if (isPluginDriver(context, record.driver)) {
    if (record.mountedAt === undefined) return record;
    await (await pluginOf(context, record)).unmount(record.name);
  } else if (record.driver === "image") {
    await (await context.store()).unmountContainer(storageIdOf(record), true);
  } else {
    unmountVolume(record);
  }
  const { mountedAt: _gone, ...rest } = record;
  return keep(context, rest);
}

function keep(context: EngineContext, record: VolumeRecord): VolumeRecord {
  const kept = { ...record, bootId: context.bootMark() };
  context.state().volumes.update(kept);
  return kept;
}

export function storageIdOf({ name, storageId }: VolumeRecord): string {
  if (storageId === undefined) throw new EngineError("data-loss", `volume ${name}: its record names no layer`);
  return storageId;
}

async function pluginOf(context: EngineContext, { name, driver, timeoutSeconds }: VolumeRecord): Promise<VolumePlugin> {
  try { return await (await import("./plugin.ts")).openPlugin(context, driver, timeoutSeconds); } catch (error) {
    throw within(`volume plugin ${driver} (needed by volume ${name}) missing`, error);
  }
}

/** Whether anything is mounted for it now. */
export function isUp(record: VolumeRecord): boolean {
  return record.driver === "local" ? needsMount(record) && isMounted(record.mountpoint) : record.mountedAt !== undefined && (record.driver !== "image" || isMounted(directoryOf(record)));
}
