/** The file system below a store. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { filesystemMagic } from "../../sys/abi.ts";
import { statFilesystem } from "../../sys/file.ts";

/** containers/storage's names where they differ from ours. */
const shownNames: Readonly<Record<string, string>> = { ext4: "extfs", overlay: "overlayfs" };

export interface BackingFilesystem { readonly name: string; readonly kind: string | undefined }

/** Of the nearest directory above `path` that exists. */
export function backingFilesystem(path: string): BackingFilesystem {
  let at = dirname(path);
  while (!existsSync(at)) at = dirname(at);
  const { magic } = statFilesystem(at);
  const kind = Object.keys(filesystemMagic).find((name) => filesystemMagic[name] === (magic >>> 0));
  return { kind, name: kind === undefined ? "<unknown>" : shownNames[kind] ?? kind };
}

/**
 * True where a rename over a file may reach the disk before the file's data does, so that a power cut leaves an empty file:
 * the data must be synced first. ext4 and btrfs write it out with the rename, and memory has nothing to lose.
 */
export function renameNeedsSync(path: string): boolean {
  const { kind } = backingFilesystem(path);
  return kind === undefined || !["ext4", "btrfs", "tmpfs", "ramfs", "overlay"].includes(kind);
}
