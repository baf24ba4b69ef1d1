/**
 * Counted mounts: mountpoints.json in the run root says what is mounted where and how often. It is gone after a reboot, as the
 * mounts are. Lock order, as containers/storage: storage.lock → layers.lock → mountpoints.lock.
 */
import { join } from "node:path";
import type { MountLayer } from "../driver/types.ts";
import { recordWrite, withLocks } from "../records/lock.ts";
import type { StoreParts } from "../parts.ts";

/** Mounts a layer, or counts one more mount. Returns the root. */
export async function mountCounted(parts: StoreParts, layerId: string, request: MountLayer): Promise<string> {
  return withLocks([parts.paths.driverLock], () => {
    parts.driver.enter();
    // Held for reading: nobody deletes the layer meanwhile, and other containers start at the same time.
    return parts.layers.hold(() => parts.mounts.write(async (draft) => {
      const known = draft.get(layerId);
      const isMounted = known !== undefined && known.count > 0 && parts.driver.isMounted(known.path);
      const path = isMounted ? known.path : await parts.driver.mount(layerId, request);
      const entry = { id: layerId, path, count: isMounted ? known.count + 1 : 1 };
      if (known === undefined) draft.add(entry, 0); else draft.replace(entry);
      draft.save();
      return path;
    }));
  });
}

/** Counts one mount less, or all with `force`. True when nothing is mounted any more. Harmless for a layer that is not mounted. */
export async function unmountCounted(parts: StoreParts, layerId: string, force: boolean): Promise<boolean> {
  return withLocks([parts.paths.driverLock], ([lock]) => parts.mounts.write(async (draft) => {
    const known = draft.get(layerId);
    if (known !== undefined && known.count > 1 && !force) {
      draft.replace({ ...known, count: known.count - 1 });
      draft.save();
      return false;
    }
    await parts.driver.unmount(layerId);
    draft.remove(layerId);
    draft.save();
    if (draft.all().length > 0) return true;
    // Tells other processes that they must make the home mount again before they mount.
    if (lock !== undefined) recordWrite(lock);
    parts.driver.leave();
    return true;
  }));
}

/** Takes the home mount away that Skopeo leaves, and everybody who dies: nobody could delete the store otherwise. Waits for nobody while something is mounted. */
export async function leaveIdle({ paths, driver, mounts }: StoreParts): Promise<void> {
  const isIdle = (): boolean => driver.isEntered() && mounts.snapshot().records.length === 0;
  if (!isIdle()) return;
  await withLocks([paths.driverLock], ([lock]) => {
    if (!isIdle()) return;
    if (lock !== undefined) recordWrite(lock);
    driver.leave();
  });
}

/** Before a layer is deleted: every mount of it goes. The caller holds layers.lock, which comes after storage.lock: the home mount stays. */
export async function forgetMount(parts: StoreParts, layerId: string): Promise<void> {
  if (!isRecordedOrMounted(parts, layerId)) return;
  await parts.mounts.write(async (draft) => {
    await parts.driver.unmount(layerId);
    draft.remove(layerId);
    draft.save();
  });
}

/** The record may be lost while the mount is not: after a crash, or in a run root that was emptied. */
export function isRecordedOrMounted(parts: StoreParts, layerId: string): boolean {
  return parts.mounts.snapshot().get(layerId) !== undefined || parts.driver.isMounted(join(parts.driver.contentDirectory(layerId), "..", "merged"));
}

export function mountedAt(parts: StoreParts, layerId: string): string | undefined {
  const known = parts.mounts.snapshot().get(layerId);
  return known !== undefined && known.count > 0 && parts.driver.isMounted(known.path) ? known.path : undefined;
}
