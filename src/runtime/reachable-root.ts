/**
 * A container in a user namespace must be able to walk to its own root, but the storage directories are closed to everybody
 * but root (or any local user could run an image's setuid programs). So its root is also bound below a directory that only the
 * container's own root user can enter. Bound for the time from `create` to `delete`. A user's runtime directory is closed too:
 * there the bind lies in the temporary directory, and only the user's own mount namespace sees it.
 */
import { chownSync, chmodSync, existsSync, lstatSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mount, mountFlags, unmount, umountFlags } from "../sys/index.ts";
import { EngineError, isErrno } from "../base/errors.ts";
import type { Spec } from "./spec/types.ts";

export interface RootsHome { readonly tmpDir: string; readonly rootless: boolean; readonly uid: number }

/** Names in the temporary directory that are tried: somebody else may have taken the first. */
const maxTries = 16;

const candidates = ({ tmpDir, rootless, uid }: RootsHome): string[] =>
  rootless ? Array.from({ length: maxTries }, (_, number) => join(tmpdir(), `podman-roots-${uid}.${number}`)) : [join(tmpDir, "roots")];

/** The specification with a reachable root, or as it is where nothing needs to be done. Safe after a crash: binds anew. @throws permission-denied */
export function withReachableRoot(spec: Spec, home: RootsHome, id: string): Spec {
  const owner = spec.linux.uidMappings?.find((map) => map.containerID === 0);
  // Both, or the container's capabilities do not count for our directories (user_namespaces(7)).
  const isRootMapped = [spec.linux.uidMappings, spec.linux.gidMappings].every((maps) => maps?.some((map) => map.hostID === 0) ?? true);
  if (owner === undefined || isRootMapped || process.getuid?.() !== 0) return spec;
  removeReachableRoot(home, id);
  const directory = join(rootsDirectory(home), id);
  const target = join(directory, "merged");
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const path of [target, directory]) chownSync(path, owner.hostID, spec.linux.gidMappings?.find((map) => map.containerID === 0)?.hostID ?? owner.hostID);
  mount({ source: spec.root.path, target, flags: mountFlags.bind | mountFlags.rec });
  return { ...spec, root: { ...spec.root, path: target } };
}

/** To be walked through, not read. What lies there has modes of its own. */
function rootsDirectory(home: RootsHome): string {
  const directory = candidates(home).find(makeOwn);
  if (directory === undefined) throw new EngineError("permission-denied", `${tmpdir()}/podman-roots-${home.uid} belongs to another user`, { hint: "set TMPDIR to a directory of yours that others may enter" });
  // As Podman's /run/libpod (0751). For the group too: a container may have the group root and another user.
  if (!home.rootless) chmodSync(home.tmpDir, (statSync(home.tmpDir).mode & 0o777) | 0o011);
  chmodSync(directory, 0o711);
  return directory;
}

function makeOwn(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try { mkdirSync(path, { mode: 0o711 }); } catch (error) { if (!isErrno(error, "EEXIST")) throw error; }
  return isOwn(path);
}

function isOwn(path: string): boolean {
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info?.isDirectory() === true && info.uid === process.geteuid?.();
}

/** Idempotent. */
export function removeReachableRoot(home: RootsHome, id: string): void {
  for (const roots of candidates(home)) {
    const directory = join(roots, id);
    if (!existsSync(directory) || !isOwn(roots)) continue;
    const target = join(directory, "merged");
    try { unmount(target, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL", "ENOENT")) throw error; }
    for (const path of [target, directory]) {
      try { rmdirSync(path); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
    }
    if (!home.rootless) continue;
    try { rmdirSync(roots); } catch (error) { if (!isErrno(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error; }
  }
}
