/** Differences of two whole trees, and their archive: vfs layers, and overlay layers against one that is not their parent. */
import { closeSync, constants, openSync, type BigIntStats } from "node:fs";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { encodeTarHeader, tarTrailer } from "../../formats/tar/encode.ts";
import { latin1, textOf } from "../../formats/tar/fields.ts";
import { getXattr, listXattrs, readLinkAt } from "../../sys/index.ts";
import type { PathChange } from "../store.ts";
import { NodeDescriber } from "./describe.ts";
import { entryBytes } from "./diff.ts";
import { toContainer, type MapId } from "./idmap.ts";
import { Joiner } from "./join.ts";
import { maxDepth } from "./limits.ts";
import { bytesOf, pathIn, splitPath } from "./paths.ts";
import { bigStatIn, namesIn } from "./remove.ts";
import type { CompareRequest } from "./types.ts";
import { openDirectory } from "./walk.ts";
import { whiteoutPrefix } from "./whiteout.ts";

interface RawChange { readonly path: string; readonly kind: PathChange["kind"] }
interface Owners { readonly uid: MapId; readonly gid: MapId }
interface Place { readonly fd: number; readonly owners: Owners }

/** Changes with `/`-led paths, directories before their content; a directory with changes in it counts as modified. */
export async function comparePaths(request: CompareRequest): Promise<readonly PathChange[]> {
  return await Promise.resolve(rawChanges(request).map(({ path, kind }) => ({ path: `/${textOf(path)}`, kind })));
}

/** Archive of the differences, sorted by path; deletions as `.wh.` files. Chunks belong to the receiver. */
export async function* tarChanges(request: CompareRequest): ByteStream & AsyncGenerator<Uint8Array> {
  const describer = new NodeDescriber({ containerUid: toContainer(request.uidMaps), containerGid: toContainer(request.gidMaps), convertWhiteouts: false });
  const now = BigInt(Date.now()) * 1_000_000n;
  const rootFd = openRoot(request.directory);
  const joiner = new Joiner();
  try {
    for (const { path, kind } of rawChanges(request).sort((a, b) => a.path < b.path ? -1 : 1)) {
      request.signal?.throwIfAborted();
      const [directory, base] = splitPath(path);
      if (kind === "deleted") {
        const rawName = `${directory === "" ? "" : `${directory}/`}${whiteoutPrefix}${base}`;
        yield* joiner.add(encodeTarHeader({ type: "file", rawName, mode: 0, mtimeNanos: now }));
      } else for (const bytes of changedEntry(rootFd, path, describer)) yield* joiner.add(bytes);
    }
    yield* joiner.add(tarTrailer());
    yield* joiner.rest();
  } finally { closeSync(rootFd); }
}

function* changedEntry(rootFd: number, path: string, describer: NodeDescriber): Generator<Uint8Array> {
  const [directory, base] = splitPath(path);
  const directoryFd = openBelow(rootFd, directory);
  if (directoryFd === undefined) return;
  try {
    const stat = bigStatIn(directoryFd, base);
    if (stat === undefined) return;
    const node = { path, base, directoryFd, stat };
    const described = describer.describe(node, "");
    if (described !== undefined) yield* entryBytes(node, described.entry);
  } finally { closeSync(directoryFd); }
}

/** Step by step, so that no link is followed. */
function openBelow(rootFd: number, path: string): number | undefined {
  let fd = openDirectory(rootFd, ".");
  for (const step of path === "" ? [] : path.split("/")) {
    if (fd === undefined) return undefined;
    const next = openDirectory(fd, step);
    closeSync(fd);
    fd = next;
  }
  return fd;
}

const openRoot = (directory: string): number => openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);

function rawChanges(request: CompareRequest): RawChange[] {
  const newer: Place = { fd: openRoot(request.directory), owners: { uid: toContainer(request.uidMaps), gid: toContainer(request.gidMaps) } };
  try {
    if (request.olderDirectory === undefined) return compareBelow("", newer, undefined, 0);
    const older: Place = { fd: openRoot(request.olderDirectory), owners: { uid: toContainer(request.olderUidMaps), gid: toContainer(request.olderGidMaps) } };
    try { return compareBelow("", newer, older, 0); } finally { closeSync(older.fd); }
  } finally { closeSync(newer.fd); }
}

function compareBelow(prefix: string, newer: Place, older: Place | undefined, depth: number): RawChange[] {
  if (depth > maxDepth) throw new EngineError("failed-precondition", `directories are nested deeper than ${maxDepth}`);
  const changes: RawChange[] = [];
  const newNames = namesIn(newer.fd);
  const oldNames = new Set(older === undefined ? [] : namesIn(older.fd));
  for (const base of newNames) {
    const stat = bigStatIn(newer.fd, base);
    if (stat === undefined) continue;
    const before = older !== undefined && oldNames.delete(base) ? bigStatIn(older.fd, base) : undefined;
    changes.push(...changesOf(prefix, base, { place: newer, stat }, older === undefined || before === undefined ? undefined : { place: older, stat: before }, depth));
  }
  for (const base of oldNames) changes.push({ path: prefix + base, kind: "deleted" });
  return changes;
}

interface Side { readonly place: Place; readonly stat: BigIntStats }

function changesOf(prefix: string, base: string, now: Side, before: Side | undefined, depth: number): RawChange[] {
  const path = prefix + base;
  // The same inode (a reflink-less copy by hard link) cannot differ.
  if (before !== undefined && !now.stat.isDirectory() && before.stat.dev === now.stat.dev && before.stat.ino === now.stat.ino) return [];
  const kind = before === undefined ? "added" : differs(base, now, before) ? "modified" : undefined;
  const below = now.stat.isDirectory() ? insideOf(path, base, now, before, depth) : [];
  if (kind !== undefined) return [{ path, kind }, ...below];
  return below.length === 0 ? [] : [{ path, kind: "modified" }, ...below];
}

function insideOf(path: string, base: string, now: Side, before: Side | undefined, depth: number): RawChange[] {
  const fd = openDirectory(now.place.fd, base);
  if (fd === undefined) return [];
  try {
    const oldFd = before === undefined ? undefined : openDirectory(before.place.fd, base);
    try {
      const older = oldFd === undefined || before === undefined ? undefined : { fd: oldFd, owners: before.place.owners };
      return compareBelow(`${path}/`, { fd, owners: now.place.owners }, older, depth + 1);
    } finally { if (oldFd !== undefined) closeSync(oldFd); }
  } finally { closeSync(fd); }
}

function differs(base: string, now: Side, before: Side): boolean {
  const [a, b] = [now.stat, before.stat];
  if (a.mode !== b.mode || a.rdev !== b.rdev || !isSameTime(a.mtimeNs, b.mtimeNs) || (!a.isDirectory() && a.size !== b.size)) return true;
  if (ownerOf(now) !== ownerOf(before)) return true;
  if (a.isSymbolicLink() && linkTarget(now.place.fd, base) !== linkTarget(before.place.fd, base)) return true;
  return attributesKey(now.place.fd, base) !== attributesKey(before.place.fd, base);
}

/** Archives have whole seconds: equal seconds are the same time when either side has no fraction. */
export function isSameTime(a: bigint, b: bigint): boolean {
  const second = 1_000_000_000n;
  return a === b || (a / second === b / second && (a % second === 0n || b % second === 0n));
}

function ownerOf({ place, stat }: Side): string {
  const [uid, gid] = [Number(stat.uid), Number(stat.gid)];
  try {
    return `${place.owners.uid(uid)}:${place.owners.gid(gid)}`;
  } catch {
    // Not in the maps: compared as it is.
    return `host ${uid}:${gid}`;
  }
}

const linkTarget = (fd: number, base: string): string => latin1(readLinkAt(fd, bytesOf(base)));

function attributesKey(fd: number, base: string): string {
  const path = pathIn(fd, base);
  const names = listXattrs(path).filter((name) => name === "security.capability" || name.startsWith("user.")).sort();
  return names.map((name) => `${name}=${latin1(getXattr(path, name) ?? new Uint8Array(0))}`).join("\n");
}
