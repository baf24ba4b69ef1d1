import { EngineError, SysError } from "../base/errors.ts";
import { limitTree, type TreeLimits } from "../storage/driver/project-limit.ts";

/**
 * Gives an empty directory a project of its own below `volumePath`, and that project its limits.
 * @throws failed-precondition where the file system keeps no such quotas
 */
export function limitDirectory(volumePath: string, directory: string, limits: TreeLimits): void {
  try { limitTree(volumePath, directory, limits); } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new EngineError("failed-precondition", "volume options size and inodes not supported. Filesystem does not support Project Quota", { cause: error });
  }
}
