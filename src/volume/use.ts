/**
 * Volumes in use by containers. Who uses a volume follows from the containers' own states, so no counter can go wrong when
 * somebody dies; only `volume mount` counts.
 */
import { EngineError, messageOf, within } from "../base/errors.ts";
import type { ContainerRecord, NamedVolumeUse } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { fill, wantsFilling } from "./fill.ts";
import { bringUp, takeDown } from "./mounted.ts";
import { directoryOf, inBoot, needsMount } from "./record.ts";

export interface UsedVolume { readonly use: NamedVolumeUse; readonly source: string }

/**
 * Makes the container's volumes usable: mounts those with a device, fills new ones from what the image has at their place.
 * Idempotent. @throws not-found/no-such-volume, what mount(8) or a plugin says
 */
export async function useVolumes(context: EngineContext, record: ContainerRecord, rootfs: string): Promise<readonly UsedVolume[]> {
  const used: UsedVolume[] = [];
  // One after the other: two destinations may be one volume.
  for (const use of record.config.volumes) used.push({ use, source: await useOne(context, use, record, rootfs) });
  return used;
}

async function useOne(context: EngineContext, use: NamedVolumeUse, record: ContainerRecord, rootfs: string): Promise<string> {
  const { volumes } = context.state();
  const seen = volumes.get(use.name);
  if (seen === undefined) throw new EngineError("not-found", `retrieving named volume ${use.name}: no such volume`, { reason: "no-such-volume" });
  if (!needsMount(seen) && !wantsFilling(seen, use)) return seen.mountpoint;
  using _lock = await context.lock("volume", use.name);
  const volume = await mounted(context, inBoot(volumes.resolve(use.name), context.bootMark()), record);
  if (wantsFilling(volume, use)) await fill(context, volume, use, record, rootfs);
  return directoryOf(volume);
}

async function mounted(context: EngineContext, volume: VolumeRecord, { id }: ContainerRecord): Promise<VolumeRecord> {
  try { return await bringUp(context, volume); } catch (error) { throw within(`mounting volume ${volume.name} for container ${id}`, error); }
}

/** Unmounts what no other container uses any more. Idempotent. */
export async function releaseVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  for (const { name } of record.config.volumes) {
    const seen = context.state().volumes.get(name);
    if (seen === undefined || !needsMount(seen)) continue;
    using _lock = await context.lock("volume", name);
    const kept = context.state().volumes.get(name);
    if (kept === undefined) continue;
    const volume = inBoot(kept, context.bootMark());
    if (volume.mountCount > 0 || liveUsers(context, name).some((id) => id !== record.id)) continue;
    // What a plugin does not unmount must not keep the container.
    try { await takeDown(context, volume); } catch (error) { context.warn(`Unmounting volume ${name}: ${messageOf(error)}`); }
  }
}

/** Containers that have it mounted now. */
export function liveUsers(context: EngineContext, name: string): readonly string[] {
  return context.containers().usersOf("volume", name).filter((id) => {
    const state = context.containers().get(id)?.state;
    return state !== undefined && state.bootId === context.bootMark() && (state.mountPoint !== undefined || state.preparing === true);
  });
}
