/** One file or directory → a tar stream, for copies out of containers and from the host. */
import { closeSync } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { tarTrailer, type NewTarEntry } from "../../formats/tar/encode.ts";
import { NodeDescriber } from "./describe.ts";
import { entryBytes } from "./diff.ts";
import { toContainer } from "./idmap.ts";
import { Joiner } from "./join.ts";
import { bigStatIn } from "./remove.ts";
import { openDirectory, walkOpen, type WalkedNode } from "./walk.ts";

export interface PackPathRequest {
  /** Open directory (O_PATH is enough) that holds it; stays the caller's. */
  readonly directoryFd: number;
  /** Its raw name there; never followed. "." for the directory itself. */
  readonly base: string;
  /** Raw name in the archive; "" and "/" pack what is in a directory without the directory. */
  readonly name: string;
  /** Whom everything in the archive belongs to; absent: who owns it. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Paths below it (raw, relative, clean) that are left out with all in them. */
  readonly exclude?: ReadonlySet<string>;
  /** Leaves out what may not be read. */
  readonly skipUnreadable?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Names are opened one by one, each in its directory and without following it: whatever a process does with the tree meanwhile,
 * nothing outside of it is read. Sockets are left out. Chunks belong to the receiver.
 * @throws not-found when there is nothing (any more)
 */
export async function* packPath(request: PackPathRequest): ByteStream & AsyncGenerator<Uint8Array> {
  const joiner = new Joiner();
  for (const { node, entry } of entries(request)) {
    request.signal?.throwIfAborted();
    try {
      for (const bytes of entryBytes(node, entry)) yield* joiner.add(bytes);
    } catch (error) {
      if (request.skipUnreadable !== true || !isErrno(error, "EACCES", "EPERM")) throw error;
    }
  }
  yield* joiner.add(tarTrailer());
  yield* joiner.rest();
}

function* entries(request: PackPathRequest): Generator<{ readonly node: WalkedNode; readonly entry: NewTarEntry }> {
  const describer = new NodeDescriber({ containerUid: toContainer(undefined), containerGid: toContainer(undefined), convertWhiteouts: false });
  for (const node of nodes(request)) {
    const entry = describe(describer, node);
    if (entry !== undefined) yield { node, entry: { ...entry, ...request.owner } };
  }
}

/** undefined for what archives do not hold, and for what went meanwhile. */
function describe(describer: NodeDescriber, node: WalkedNode): NewTarEntry | undefined {
  try { return describer.describe(node, "")?.entry; } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH", "EINVAL")) return undefined;
    throw error;
  }
}

function* nodes({ directoryFd, base, name, exclude, skipUnreadable }: PackPathRequest): Generator<WalkedNode> {
  const stat = bigStatIn(directoryFd, base);
  if (stat === undefined) throw new EngineError("not-found", "no such file or directory");
  if (name !== "" && name !== "/") yield { path: name, base, directoryFd, stat };
  if (!stat.isDirectory()) return;
  const prefix = name === "" || name === "/" ? name : `${name}/`;
  const isWanted = (node: WalkedNode): boolean => exclude?.has(node.path.slice(prefix.length)) !== true;
  const mayEnter = (node: WalkedNode): boolean => isWanted(node) && (skipUnreadable !== true || isReadable(node));
  const fd = openDirectory(directoryFd, base);
  if (fd === undefined) return;
  try { for (const node of walkOpen(fd, prefix, mayEnter)) if (isWanted(node)) yield node; } finally { closeSync(fd); }
}

function isReadable({ directoryFd, base }: WalkedNode): boolean {
  try {
    const fd = openDirectory(directoryFd, base);
    if (fd !== undefined) closeSync(fd);
    return fd !== undefined;
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) return false;
    throw error;
  }
}
