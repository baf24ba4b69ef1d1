/** Walks a tree through open descriptors: a container that swaps a directory for a link meanwhile leads nowhere else. */
import { closeSync, constants, openSync, type BigIntStats } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { openAt, openFlags } from "../../sys/index.ts";
import { maxDepth } from "./limits.ts";
import { bytesOf } from "./paths.ts";
import { bigStatIn, namesIn } from "./remove.ts";

export interface WalkedNode {
  /** Raw path relative to the walk's root. */
  readonly path: string;
  readonly base: string;
  /** The directory it is in; open while the node is being looked at. */
  readonly directoryFd: number;
  readonly stat: BigIntStats;
}

/**
 * Everything below a directory, parents first, siblings in byte order (as Go's WalkDir). What vanishes meanwhile is left out.
 * `enter` false: a directory is listed and not entered. Stopping early closes all descriptors.
 */
export function* walk(directory: string, enter: (node: WalkedNode) => boolean = () => true): Generator<WalkedNode> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try { yield* walkBelow(fd, "", enter, 0); } finally { closeSync(fd); }
}

/** The same below an open directory, which stays the caller's. `prefix` (with its slash) comes before all paths. */
export function* walkOpen(directoryFd: number, prefix: string, enter: (node: WalkedNode) => boolean = () => true): Generator<WalkedNode> {
  yield* walkBelow(directoryFd, prefix, enter, 0);
}

function* walkBelow(directoryFd: number, prefix: string, enter: (node: WalkedNode) => boolean, depth: number): Generator<WalkedNode> {
  if (depth > maxDepth) throw new EngineError("failed-precondition", `directories are nested deeper than ${maxDepth}`);
  for (const base of namesIn(directoryFd)) {
    const stat = bigStatIn(directoryFd, base);
    if (stat === undefined) continue;
    const node = { path: prefix + base, base, directoryFd, stat };
    yield node;
    if (!stat.isDirectory() || !enter(node)) continue;
    const fd = openDirectory(directoryFd, base);
    if (fd === undefined) continue;
    try { yield* walkBelow(fd, `${node.path}/`, enter, depth + 1); } finally { closeSync(fd); }
  }
}

/** undefined when it is gone or no directory any more. */
export function openDirectory(directoryFd: number, base: string): number | undefined {
  try {
    return openAt(directoryFd, bytesOf(base), openFlags.rdonly | openFlags.directory | openFlags.nofollow);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}
