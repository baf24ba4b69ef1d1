/**
 * Volumes in use by containers. Who uses a volume follows from the containers' own states, so no counter can go wrong when
 * somebody dies; only `volume mount` counts.
 */
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ContainerRecord, NamedVolumeUse } from "../container/record.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { copyUp } from "./copy-up.ts";
import { isMounted, mountVolume, unmountVolume } from "./mount-device.ts";
import { needsMount } from "./record.ts";

export interface UsedVolume { readonly use: NamedVolumeUse; readonly source: string }

/**
 * Makes the container's volumes usable: mounts those with a device, fills new ones from what the image has at their place.
 * Idempotent. @throws not-found/no-such-volume, what mount(8) says
 */
export async function useVolumes(context: EngineContext, { config }: ContainerRecord, rootfs: string): Promise<readonly UsedVolume[]> {
  const used: UsedVolume[] = [];
  // One after the other: two destinations may be one volume.
  for (const use of config.volumes) used.push({ use, source: await useOne(context, use, rootfs) });
  return used;
}

async function useOne(context: EngineContext, use: NamedVolumeUse, rootfs: string): Promise<string> {
  const { volumes } = context.state();
  const seen = volumes.get(use.name);
  if (seen === undefined) throw new EngineError("not-found", `retrieving named volume ${use.name}: no such volume`, { reason: "no-such-volume" });
  if (!needsMount(seen) && !wantsCopy(seen, use)) return seen.mountpoint;
  using _lock = await context.lock("volume", use.name);
  const volume = volumes.resolve(use.name);
  if (needsMount(volume) && !isMounted(volume.mountpoint)) await mountVolume(volume);
  if (wantsCopy(volume, use)) {
    const result = await copyUp(rootfs, use.destination, volume.mountpoint);
    // Where the image had nothing, the next place of this volume may have something.
    if (result !== undefined) volumes.update({ ...volume, ...(result.copied ? { needsCopyUp: false } : {}), ...(result.copied || result.owner === undefined ? { needsChown: false } : {}), ...result.owner });
  }
  return volume.mountpoint;
}

function wantsCopy(volume: VolumeRecord, use: NamedVolumeUse): boolean {
  return volume.needsCopyUp && !use.options.includes("nocopy") && use.subpath === undefined && existsSync(volume.mountpoint);
}

/** Unmounts what no other container uses any more. Idempotent. */
export async function releaseVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  for (const { name } of record.config.volumes) {
    const seen = context.state().volumes.get(name);
    if (seen === undefined || !needsMount(seen)) continue;
    using _lock = await context.lock("volume", name);
    const volume = context.state().volumes.get(name);
    if (volume === undefined || volume.mountCount > 0 || liveUsers(context, name).some((id) => id !== record.id)) continue;
    unmountVolume(volume);
  }
}

/** Containers that have it mounted now. */
export function liveUsers(context: EngineContext, name: string): readonly string[] {
  return context.containers().usersOf("volume", name).filter((id) => {
    const state = context.containers().get(id)?.state;
    return state !== undefined && state.bootId === context.bootMark() && (state.mountPoint !== undefined || state.preparing === true);
  });
}
