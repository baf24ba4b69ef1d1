/** `/etc/mtab`: mount(8) and df(1) of older images read nothing else. */
import { closeSync } from "node:fs";
import { isErrno } from "../base/errors.ts";
import { chownAt, openAt, openFlags, openInRoot, symlinkAt } from "../sys/index.ts";
import { at } from "../sys/abi.ts";
import type { ContainerRecord } from "./record.ts";

/** Links it to the kernel's table where the image has a `/etc` without it. Harmless where that cannot be. @throws SysError */
export function linkMtab({ config }: ContainerRecord, rootfs: string): void {
  const root = openAt(at.fdcwd, rootfs, openFlags.path | openFlags.directory);
  try {
    const etc = openInRoot(root, "etc", openFlags.path | openFlags.directory);
    try {
      symlinkAt("/proc/mounts", etc, "mtab");
      const [uid, gid] = [config.uidMaps, config.gidMaps].map((maps) => maps.find(({ containerId }) => containerId === 0)?.hostId ?? 0);
      if (uid !== 0 || gid !== 0) chownAt(etc, "mtab", uid ?? 0, gid ?? 0);
    } finally { closeSync(etc); }
  } catch (error) {
    if (!isErrno(error, "EEXIST", "ENOENT", "ENOTDIR", "EROFS", "EACCES", "EPERM", "ELOOP")) throw error;
  } finally { closeSync(root); }
}
