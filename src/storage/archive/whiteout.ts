/**
 * Deletions in layers (OCI image spec, "Whiteouts"): `.wh.name` deletes `name`, `.wh..wh..opq` hides all that lower layers have
 * in its directory.
 */
import { EngineError, isErrno } from "../../base/errors.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { chownAt, mknodAt, setXattr } from "../../sys/index.ts";
import type { LayerDirectories } from "./directories.ts";
import type { Owner } from "./metadata.ts";
import { bytesOf } from "./paths.ts";
import { namesIn, removeTree, statIn } from "./remove.ts";
import { maxDepth } from "./limits.ts";

export const whiteoutPrefix = ".wh.";
export const opaqueName = ".wh..wh..opq";
export const isWhiteoutName = (base: string): boolean => base.startsWith(whiteoutPrefix);

/** The kernel reads `user.` when overlay is mounted in a user namespace. */
export const opaqueAttribute = (inUserNamespace: boolean): string => inUserNamespace ? "user.overlay.opaque" : "trusted.overlay.opaque";

export interface Whiteout {
  readonly form: "overlay" | "delete";
  readonly directories: LayerDirectories;
  readonly directoryPath: string;
  readonly base: string;
  readonly owner: Owner;
  /** Paths that this layer brought. */
  readonly placed: ReadonlySet<string>;
  readonly inUserNamespace: boolean;
}

/** @throws data-loss/corrupt-archive for a whiteout of ".", ".." or nothing */
export function applyWhiteout(whiteout: Whiteout): void {
  if (whiteout.base === opaqueName) { applyOpaque(whiteout); return; }
  const victim = whiteout.base.slice(whiteoutPrefix.length);
  // ".wh..." would delete the parent directory.
  if (victim === "" || victim === "." || victim === "..") throw new EngineError("data-loss", `layer has the invalid whiteout "${textOf(whiteout.base)}"`, { reason: "corrupt-archive" });
  const directory = directoryOf(whiteout);
  if (directory === undefined) return;
  if (whiteout.form === "overlay") makeWhiteout(directory, victim, whiteout);
  else if (removeTree(directory, victim)) whiteout.directories.forget();
}

/** Some tools write `.wh.a` and then `a/.wh.b`: the directory is a whiteout by now, and nothing is left to delete. */
function directoryOf(whiteout: Whiteout): number | undefined {
  try {
    return whiteout.directories.get(whiteout.directoryPath).fd;
  } catch (error) {
    if (isErrno(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

function makeWhiteout(directoryFd: number, victim: string, whiteout: Whiteout): void {
  try {
    mknodAt(directoryFd, bytesOf(victim), 0o020000, 0);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    // The layer brings `victim` itself: a whiteout concerns lower layers only, which a file hides anyway and a directory must be told to.
    if (statIn(directoryFd, victim)?.isDirectory() === true) markOpaque(`/proc/self/fd/${directoryFd}/`, bytesOf(`${victim}/.`), whiteout);
    return;
  }
  chownAt(directoryFd, bytesOf(victim), whiteout.owner.uid, whiteout.owner.gid);
}

function applyOpaque(whiteout: Whiteout): void {
  const directory = directoryOf(whiteout);
  if (directory === undefined) return;
  if (whiteout.form === "overlay") { markOpaque(`/proc/self/fd/${directory}/`, ".", whiteout); return; }
  removeOthers(whiteout, whiteout.directoryPath, 0);
  whiteout.directories.forget();
}

function markOpaque(start: string, rest: string | Uint8Array, whiteout: Whiteout): void {
  setXattr(Buffer.concat([Buffer.from(start), Buffer.from(rest)]), opaqueAttribute(whiteout.inUserNamespace), Buffer.from("y"));
}

/** Removes what lower layers left in a directory, level by level below what this layer brought. */
function removeOthers(whiteout: Whiteout, directoryPath: string, depth: number): void {
  if (depth > maxDepth) throw new EngineError("data-loss", "layer directories are too deep", { reason: "corrupt-archive" });
  whiteout.directories.trim();
  const directory = whiteout.directories.find(directoryPath);
  if (directory === undefined) return;
  const { fd } = directory;
  const kept: string[] = [];
  for (const name of namesIn(fd)) {
    const path = directoryPath === "" ? name : `${directoryPath}/${name}`;
    if (!whiteout.placed.has(path)) removeTree(fd, name);
    else if (statIn(fd, name)?.isDirectory() === true) kept.push(path);
  }
  for (const path of kept) removeOthers(whiteout, path, depth + 1);
}
