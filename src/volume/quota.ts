/** Limits of volumes by project quotas, where the file system has them (XFS mounted with `pquota`). */
import { closeSync, constants, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, SysError } from "../base/errors.ts";
import { projectOf, setProject, setProjectLimit } from "../sys/index.ts";

/**
 * Gives an empty directory a project of its own below `volumePath`, and that project its limits.
 * @throws failed-precondition where the file system keeps no such quotas
 */
export function limitDirectory(volumePath: string, directory: string, limits: { readonly sizeBytes: number; readonly inodes: number }): void {
  try {
    const project = freeProject(volumePath);
    withDirectory(directory, (fd) => { setProjectLimit(fd, project, limits); setProject(fd, project); });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new EngineError("failed-precondition", "volume options size and inodes not supported. Filesystem does not support Project Quota", { cause: error });
  }
}

/** Above the number of the volumes' directory and of every volume: administrators choose where the numbers begin by giving that directory one. */
function freeProject(volumePath: string): number {
  const numbers = [volumePath, ...readdirSync(volumePath).map((name) => join(volumePath, name))].map((path) => withDirectory(path, projectOf));
  return Math.max(...numbers) + 1;
}

function withDirectory<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, constants.O_DIRECTORY | constants.O_RDONLY | constants.O_NOFOLLOW);
  try { return use(fd); } finally { closeSync(fd); }
}
