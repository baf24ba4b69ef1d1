/**
 * A container in a user namespace must be able to walk to its own root, but the storage directories are closed to everybody
 * but root (or any local user could run an image's setuid programs). So its root is also bound below a directory that only the
 * container's own root user can enter. Bound for the time from `create` to `delete`.
 */
import { chownSync, chmodSync, existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { mount, mountFlags, unmount, umountFlags } from "../sys/index.ts";
import { isErrno } from "../base/errors.ts";
import type { Spec } from "./spec/types.ts";

const directoryOf = (tmpDir: string, id: string): string => join(tmpDir, "roots", id);

/** The specification with a reachable root, or as it is where nothing needs to be done. Safe after a crash: binds anew. */
export function withReachableRoot(spec: Spec, tmpDir: string, id: string): Spec {
  const owner = spec.linux.uidMappings?.find((map) => map.containerID === 0);
  const isRootMapped = spec.linux.uidMappings?.some((map) => map.hostID === 0) ?? true;
  if (owner === undefined || isRootMapped || process.getuid?.() !== 0) return spec;
  removeReachableRoot(tmpDir, id);
  const directory = directoryOf(tmpDir, id);
  const target = join(directory, "merged");
  mkdirSync(target, { recursive: true, mode: 0o700 });
  // As Podman's /run/libpod (0751): to be walked through, not read. What lies there has modes of its own.
  chmodSync(tmpDir, (statSync(tmpDir).mode & 0o777) | 0o001);
  chmodSync(join(tmpDir, "roots"), 0o711);
  for (const path of [target, directory]) chownSync(path, owner.hostID, spec.linux.gidMappings?.find((map) => map.containerID === 0)?.hostID ?? owner.hostID);
  mount({ source: spec.root.path, target, flags: mountFlags.bind | mountFlags.rec });
  return { ...spec, root: { ...spec.root, path: target } };
}

/** Idempotent. */
export function removeReachableRoot(tmpDir: string, id: string): void {
  const directory = directoryOf(tmpDir, id);
  if (!existsSync(directory)) return;
  const target = join(directory, "merged");
  try { unmount(target, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
  for (const path of [target, directory]) {
    try { rmdirSync(path); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
  }
}
