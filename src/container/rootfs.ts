/** Where the root file system of a container made with --rootfs is: that directory, or a layer of its own over it (`:O`). */
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import type { ContainerCreate, IdMap } from "../contract/types/container-create.ts";
import { mountOverlay } from "../storage/driver/overlay/kernel-mount.ts";
import { unmount, umountFlags } from "../sys/index.ts";
import { isMounted } from "../volume/mount-device.ts";
import type { ContainerRecord } from "./record.ts";

type RootfsCreate = NonNullable<ContainerCreate["rootfs"]>;

const directoriesOf = ({ config }: ContainerRecord): { readonly base: string; readonly upper: string; readonly work: string; readonly merged: string } => {
  const base = join(config.staticDir, "rootfs");
  return { base, upper: join(base, "upper"), work: join(base, "work"), merged: join(base, "merge") };
};

/** Mounts it where that is needed and gives its path. Idempotent. @throws SysError */
export function mountRootfs(record: ContainerRecord, { path, overlay }: RootfsCreate): string {
  return overlay === true ? mountOver(record, path) : path;
}

/** What is written stays with the container and goes with it, as another one's layer does. */
function mountOver(record: ContainerRecord, lower: string): string {
  const { base, upper, work, merged } = directoriesOf(record);
  if (isMounted(merged)) return merged;
  const rootOf = (maps: readonly IdMap[]): number => maps.find(({ containerId }) => containerId === 0)?.hostId ?? 0;
  for (const directory of [base, upper, work, merged]) {
    mkdirSync(directory, { recursive: true, mode: directory === work ? 0o700 : 0o755 });
    chownSync(directory, rootOf(record.config.uidMaps), rootOf(record.config.gidMaps));
  }
  mountOverlay({ target: merged, lowers: [lower], upper: { directory: upper, work }, options: ["nodev"] });
  return merged;
}

/** Idempotent. */
export function unmountRootfs(record: ContainerRecord): void {
  if (record.config.create.rootfs?.overlay !== true) return;
  try { unmount(directoriesOf(record).merged, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
}
