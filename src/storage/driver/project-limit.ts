/** Limits of a directory tree by project quotas, where the file system keeps them (XFS, ext4 with `prjquota`). */
import { closeSync, constants, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectOf, setProject, setProjectLimit } from "../../sys/index.ts";

/** 0 is no limit. */
export interface TreeLimits { readonly sizeBytes: number; readonly inodes: number }

/**
 * Gives the empty `directory` a project that no other directory beside it in `folder` has, and that project its limits. What is
 * made in it later inherits them. The caller keeps others from doing the same in `folder`. @throws SysError where there are no such quotas
 */
export function limitTree(folder: string, directory: string, limits: TreeLimits): void {
  const project = freeProject(folder);
  withDirectory(directory, (fd) => { setProjectLimit(fd, project, limits); setProject(fd, project); });
}

/** Above the numbers of the folder and of all in it: administrators choose where the numbers begin by giving the folder one. */
function freeProject(folder: string): number {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return Math.max(...[folder, ...below].map((path) => withDirectory(path, projectOf))) + 1;
}

function withDirectory<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, constants.O_DIRECTORY | constants.O_RDONLY | constants.O_NOFOLLOW);
  try { return use(fd); } finally { closeSync(fd); }
}
