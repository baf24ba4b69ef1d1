/** The working directory must exist before the runtime changes into it. */
import { fchown, close } from "../../sys/index.ts";
import { EngineError } from "../../base/errors.ts";
import { makeDirectoryInRoot, resolveInRoot, statInRoot } from "./rootfs.ts";

export interface WorkdirRequest {
  readonly rootfs: string;
  readonly containerId: string;
  readonly workdir: string;
  /** The user named it with --workdir: then it must exist. */
  readonly mustExist: boolean;
  /** Destinations of mounts: below one the runtime sees something else, and above one it makes the directories. */
  readonly mounts: readonly string[];
  /** Host ids of the owner of a new directory. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Idempotent. @throws EngineError failed-precondition with Podman's sentence, when it must exist */
export function ensureWorkdir(rootFd: number, request: WorkdirRequest): void {
  const { workdir, containerId } = request;
  const isMounted = request.mounts.some((destination) => workdir === destination || isBelow(workdir, destination) || isBelow(destination, workdir));
  if (isMounted || workdir === "/" || workdir === "") return;
  const info = statInRoot(rootFd, workdir);
  if (info?.isDirectory() === true) return;
  if (info !== undefined) throw new EngineError("invalid-argument", `workdir "${workdir}" exists on container ${containerId}, but is not a directory`);
  if (!request.mustExist) {
    const made = makeDirectoryInRoot(rootFd, workdir);
    if (made === undefined) return;
    try { fchown(made, request.owner.uid, request.owner.gid); } finally { close(made); }
    return;
  }
  // A link may lead to a mount that is not there yet; the runtime will see.
  if (resolveInRoot(rootFd, request.rootfs, workdir) !== workdir) return;
  throw new EngineError("failed-precondition", `workdir "${workdir}" does not exist on container ${containerId}`);
}

const isBelow = (path: string, parent: string): boolean => path.startsWith(`${parent === "/" ? "" : parent}/`);
