import { within } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/volume/inspect.ts";
import type { InspectVolume } from "../contract/types/volume.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { isPluginDriver } from "./driver.ts";
import { inBoot, needsMount } from "./record.ts";
import { liveUsers } from "./use.ts";

/** @throws not-found/no-such-volume, failed-precondition/ambiguous-ref, what its plugin says */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<InspectVolume> {
  return toInspect(context, context.state().volumes.resolve(ref));
}

/** What is known of it here, and what its plugin says. @throws what the plugin says */
export async function toInspect(context: EngineContext, record: VolumeRecord): Promise<InspectVolume> {
  if (!isPluginDriver(context, record.driver)) return describe(context, record);
  const { name, driver, timeoutSeconds } = record;
  const { openPlugin } = await import("./plugin.ts");
  const plugin = await openPlugin(context, driver, timeoutSeconds).catch((error: unknown) => { throw within(`volume ${name} uses volume plugin ${driver} but it is not available, cannot inspect`, error); });
  const volume = await plugin.get(name).catch((error: unknown) => { throw within(`retrieving volume ${name} information from plugin ${driver}`, error); });
  return { ...describe(context, record), ...(volume?.Status === undefined ? {} : { Status: volume.Status }) };
}

/** Asks nobody: a plugin that is gone must not hide the other volumes of a list. */
export function describe(context: EngineContext, given: VolumeRecord): InspectVolume {
  const record = inBoot(given, context.bootMark());
  const isPlugin = isPluginDriver(context, record.driver);
  const mounted = record.mountCount + (needsMount(record) ? liveUsers(context, record.name).length : 0);
  return {
    Name: record.name, Driver: record.driver, Mountpoint: isPlugin ? record.mountedAt ?? "" : record.mountpoint, CreatedAt: record.createdAt, Labels: record.labels, Scope: "local", Options: record.options,
    ...(record.uid === 0 ? {} : { UID: record.uid }), ...(record.gid === 0 ? {} : { GID: record.gid }), ...(record.anonymous ? { Anonymous: true } : {}),
    MountCount: mounted, ...(record.needsCopyUp ? { NeedsCopyUp: true } : {}), ...(record.needsChown ? { NeedsChown: true } : {}),
    ...timeoutOf(context, record, isPlugin), ...(record.storageId === undefined ? {} : { StorageID: record.storageId }), LockNumber: 0,
  };
}

function timeoutOf(context: EngineContext, { timeoutSeconds }: VolumeRecord, isPlugin: boolean): { readonly Timeout?: number } {
  const seconds = timeoutSeconds ?? (isPlugin ? context.config.engine.volumePluginTimeoutSeconds : 0);
  return seconds === 0 ? {} : { Timeout: seconds };
}
