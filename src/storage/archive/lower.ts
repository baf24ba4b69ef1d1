/** Questions to the layers below a writable overlay layer. Paths are looked up inside each layer, links never followed out. */
import { closeSync, constants, fstatSync, openSync, type BigIntStats } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import { openFlags, openInRoot } from "../../sys/index.ts";
import { bytesOf, splitPath } from "./paths.ts";

export class LowerLayers implements Disposable {
  private readonly roots: readonly number[];

  /** Nearest first. A missing directory counts as empty. */
  constructor(directories: readonly string[]) {
    this.roots = directories.flatMap((directory) => {
      try {
        return [openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)];
      } catch (error) {
        if (isErrno(error, "ENOENT")) return [];
        throw error;
      }
    });
  }

  [Symbol.dispose](): void { for (const fd of this.roots) closeSync(fd); }

  /**
   * What a path was before the writable layer: the nearest layer's node; undefined when none has it or a whiteout of it or of
   * a directory above hides it.
   */
  find(path: string): BigIntStats | undefined {
    for (const root of this.roots) {
      const stat = statBelow(root, path);
      if (stat !== undefined) return isWhiteoutNode(stat) ? undefined : stat;
      for (let [above] = splitPath(path); above !== ""; [above] = splitPath(above)) {
        const stat = statBelow(root, above);
        if (stat !== undefined && isWhiteoutNode(stat)) return undefined;
      }
    }
    return undefined;
  }
}

/** Overlay's mark of a deleted name: a character device 0/0. */
export const isWhiteoutNode = (stat: BigIntStats): boolean => stat.isCharacterDevice() && stat.rdev === 0n;

function statBelow(rootFd: number, path: string): BigIntStats | undefined {
  let fd: number;
  try {
    fd = openInRoot(rootFd, bytesOf(path), openFlags.path | openFlags.nofollow);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
  try { return fstatSync(fd, { bigint: true }); } finally { closeSync(fd); }
}
