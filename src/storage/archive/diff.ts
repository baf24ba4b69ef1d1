/** A directory → a tar stream: commits, exports, saved volumes, diffs of writable layers. */
import { closeSync, fstatSync, readSync } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { encodeTarHeader, tarPadding, tarTrailer, type NewTarEntry } from "../../formats/tar/encode.ts";
import { rawOf } from "../../formats/tar/fields.ts";
import { openAt, openFlags } from "../../sys/index.ts";
import { NodeDescriber, opaqueEntry } from "./describe.ts";
import { toContainer } from "./idmap.ts";
import { Joiner } from "./join.ts";
import { LowerLayers } from "./lower.ts";
import { bytesOf, cleanPath, insideRoot } from "./paths.ts";
import type { TarDirectoryRequest } from "./types.ts";
import { isInUserNamespace } from "./user-namespace.ts";
import { walk, type WalkedNode } from "./walk.ts";
import { opaqueAttribute } from "./whiteout.ts";

const chunkBytes = 1 << 20;

/**
 * Everything in the directory but the directory itself, names sorted, as containers/storage archives it: the same tree gives the
 * same bytes. Files that change meanwhile are cut or filled with zeros to the size in their header; those that vanish are
 * left out. Chunks belong to the receiver.
 * @throws invalid-argument for an owner that the maps do not have
 */
export async function* tarDirectory(request: TarDirectoryRequest): ByteStream & AsyncGenerator<Uint8Array> {
  const convertWhiteouts = request.whiteouts === "overlay";
  const describer = new NodeDescriber({ containerUid: toContainer(request.uidMaps), containerGid: toContainer(request.gidMaps), convertWhiteouts });
  const opaque = opaqueAttribute(request.inUserNamespace ?? isInUserNamespace());
  using lower = new LowerLayers(convertWhiteouts ? request.lowerDirectories ?? [] : []);
  const joiner = new Joiner();
  for (const node of selectedNodes(request)) {
    request.signal?.throwIfAborted();
    const described = describer.describe(node, opaque);
    if (described === undefined) continue;
    const { entry, isOpaque } = described;
    // A directory that is new here hides nothing, and needs no mark.
    const needsMark = convertWhiteouts && isOpaque && lower.find(node.path) !== undefined;
    for (const bytes of entryBytes(node, entry)) yield* joiner.add(bytes);
    if (needsMark) yield* joiner.add(encodeTarHeader(opaqueEntry(entry)));
  }
  yield* joiner.add(tarTrailer());
  yield* joiner.rest();
}

function* selectedNodes(request: TarDirectoryRequest): Generator<WalkedNode> {
  const excluded = new Set((request.exclude ?? []).map(rawPath));
  const included = request.include?.map(rawPath);
  const isBelow = (path: string, top: string): boolean => top === "" || path === top || path.startsWith(`${top}/`);
  const isIncluded = (path: string): boolean => included?.some((top) => isBelow(path, top)) ?? true;
  const enter = (node: WalkedNode): boolean => !excluded.has(node.path) && (isIncluded(node.path) || included?.some((top) => isBelow(top, node.path)) === true);
  for (const node of walk(request.directory, enter)) if (!excluded.has(node.path) && isIncluded(node.path)) yield node;
}
const rawPath = (text: string): string => insideRoot(cleanPath(rawOf(text)));

/** Header, content and padding of one node; nothing when its file vanished. */
export function* entryBytes(node: WalkedNode, entry: NewTarEntry): Generator<Uint8Array> {
  const size = entry.sizeBytes ?? 0;
  if (entry.type !== "file" || size === 0) { yield encodeTarHeader(entry); return; }
  const fd = openFile(node);
  if (fd === undefined) return;
  try {
    yield encodeTarHeader(entry);
    for (let left = size; left > 0;) {
      const buffer = Buffer.allocUnsafe(Math.min(left, chunkBytes));
      const count = readSync(fd, buffer, 0, buffer.length, null);
      // Shorter than its header by now: the archive must keep its shape.
      if (count === 0) buffer.fill(0);
      const bytes = count === 0 ? buffer : buffer.subarray(0, count);
      left -= bytes.length;
      yield bytes;
    }
    yield tarPadding(size);
  } finally { closeSync(fd); }
}

/** Never waits on a fifo that took the name, never follows a link. */
function openFile(node: WalkedNode): number | undefined {
  let fd: number;
  try {
    fd = openAt(node.directoryFd, bytesOf(node.base), openFlags.rdonly | openFlags.nofollow | openFlags.nonblock);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ELOOP", "ENXIO")) return undefined;
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}
