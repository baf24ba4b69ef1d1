/** What the first containers make of a new volume: its content and its owner. Only with the volume's lock held. */
import { chmodSync, fstatSync, lchownSync, utimesSync } from "node:fs";
import { hostId } from "../container/host-id.ts";
import type { ContainerRecord, NamedVolumeUse } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { withRoot } from "../runtime/spec/rootfs.ts";
import { readUserDatabase, resolveUser } from "../runtime/spec/users.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { copyTree, isEmpty, withPlace } from "./copy-up.ts";
import { isPluginDriver } from "./driver.ts";
import { directoryOf } from "./record.ts";

/** Whether a use of this volume has anything to do here. */
export function wantsFilling(volume: VolumeRecord, use: NamedVolumeUse): boolean {
  return volume.needsChown || wantsCopy(volume, use);
}

function wantsCopy({ needsCopyUp, options }: VolumeRecord, use: NamedVolumeUse): boolean {
  return needsCopyUp && !use.options.includes("nocopy") && !("nocopy" in options) && use.subpath === undefined;
}

/**
 * Copies what the container's root has at the volume's place, once and never over anything; then gives the volume the owner
 * and mode of that place. Where there is no such place it belongs to the container's user, until one has it.
 * A copy that a kill interrupts is begun again at the next use.
 */
export async function fill(context: EngineContext, volume: VolumeRecord, use: NamedVolumeUse, container: ContainerRecord, rootfs: string): Promise<void> {
  const directory = directoryOf(volume);
  const isOurs = volume.driver !== "image" && !isPluginDriver(context, volume.driver);
  const copied = wantsCopy(volume, use) ? await copyUp(context, volume, use, rootfs, directory) : volume;
  if (copied.needsChown && isOurs) context.state().volumes.update(await settleOwner(copied, use, container, rootfs, directory, volume.needsCopyUp && !copied.needsCopyUp));
}

async function copyUp(context: EngineContext, volume: VolumeRecord, use: NamedVolumeUse, rootfs: string, directory: string): Promise<VolumeRecord> {
  const { volumes } = context.state();
  const filled = await withPlace(rootfs, use.destination, async (place) => {
    if (isEmpty(`/proc/self/fd/${place}`) || (!isEmpty(directory) && volume.copying !== true)) return volume;
    volumes.update({ ...volume, copying: true });
    await copyTree(place, directory);
    const { copying: _done, ...done } = { ...volume, needsCopyUp: false };
    volumes.update(done);
    return done;
  });
  return filled ?? volume;
}

async function settleOwner(volume: VolumeRecord, use: NamedVolumeUse, container: ContainerRecord, rootfs: string, directory: string, isFilled: boolean): Promise<VolumeRecord> {
  if (!isFilled && !isEmpty(directory)) return { ...volume, needsChown: false };
  // Given away by the option itself.
  if (use.options.includes("U")) return isFilled ? { ...volume, needsChown: false } : volume;
  const place = await withPlace(rootfs, use.destination, async (fd) => fstatSync(fd));
  const owner = place ?? userOf(container, rootfs);
  lchownSync(directory, owner.uid, owner.gid);
  if (place !== undefined) {
    chmodSync(directory, place.mode & 0o7777);
    utimesSync(directory, place.atime, place.mtime);
  }
  // An image that has the place for root has decided.
  const isSettled = isFilled || (place !== undefined && owner.uid === 0 && owner.gid === 0);
  return { ...volume, uid: owner.uid, gid: owner.gid, needsChown: !isSettled };
}

/** The container's user, as its root file system knows it, in the host's numbers. */
function userOf({ config }: ContainerRecord, rootfs: string): { readonly uid: number; readonly gid: number } {
  const { uid, gid } = withRoot(rootfs, (root) => resolveUser(config.user, readUserDatabase(root)));
  return { uid: hostId(config.uidMaps, uid) ?? uid, gid: hostId(config.gidMaps, gid) ?? gid };
}
