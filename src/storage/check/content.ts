/** A layer's files against its archive: what the archive names must be there as it says, and nothing else. */
import type { BigIntStats } from "node:fs";
import type { ByteStream } from "../../contract/kit.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { readTar } from "../../formats/tar/read.ts";
import type { TarEntry, TarType } from "../../formats/tar/types.ts";
import { fromHost, type ContentMaps } from "./owners.ts";
import { cleanPath, insideRoot, splitPath } from "../archive/paths.ts";
import { walk } from "../archive/walk.ts";
import { isWhiteoutName, opaqueName, whiteoutPrefix } from "../archive/whiteout.ts";

export type Entries = ReadonlyMap<string, TarEntry>;

/** The archive's members by raw path, in order. Reads the stream to its end. */
export async function entriesOf(diff: ByteStream): Promise<Entries> {
  const entries = new Map<string, TarEntry>();
  for await (const { entry } of readTar(diff)) {
    const path = insideRoot(cleanPath(entry.rawName));
    // Put anew, so that a path named twice is where its last entry is.
    entries.delete(path);
    entries.set(path, entry);
  }
  return entries;
}

/** What a tree must hold after the layers were laid one on the other, lowest first. */
export function merged(stack: readonly Entries[]): Entries {
  const result = new Map<string, TarEntry>();
  const dropBelow = (path: string): void => { for (const other of result.keys()) if (path === "" || other.startsWith(`${path}/`)) result.delete(other); };
  for (const layer of stack) {
    for (const path of layer.keys()) {
      const [directory, base] = splitPath(path);
      if (base === opaqueName) dropBelow(directory);
      else if (isWhiteoutName(base)) {
        const victim = `${directory === "" ? "" : `${directory}/`}${base.slice(whiteoutPrefix.length)}`;
        result.delete(victim);
        dropBelow(victim);
      }
    }
    for (const [path, entry] of layer) {
      if (isWhiteoutName(splitPath(path)[1])) continue;
      if (entry.type !== "directory") dropBelow(path);
      result.set(path, entry);
    }
  }
  return result;
}

export interface ContentCheck {
  readonly directory: string;
  readonly expected: Entries;
  /** Deletions are 0/0 devices in the tree. */
  readonly overlay: boolean;
  readonly maps: ContentMaps;
  readonly ignoreOwners: boolean;
  readonly ignoreModes: boolean;
}

/** Longest list of differences told of one layer: the first ones say enough. */
const maxDifferences = 20;

/** One clause per difference. @throws node's errors for an unreadable tree */
export function differences(check: ContentCheck): readonly string[] {
  const missing = new Map([...check.expected].filter(([path]) => path !== "" && (check.overlay || !isWhiteoutName(splitPath(path)[1]))));
  const parents = directoriesAbove(check.expected.keys());
  const found: string[] = [];
  for (const { path, stat } of walk(check.directory)) {
    if (found.length >= maxDifferences) return found;
    const [directory, base] = splitPath(path);
    const isDeletion = check.overlay && stat.isCharacterDevice() && stat.rdev === 0n;
    const name = isDeletion ? `${directory === "" ? "" : `${directory}/`}${whiteoutPrefix}${base}` : path;
    const entry = missing.get(name);
    missing.delete(name);
    if (entry === undefined) {
      if (!parents.has(path)) found.push(`+/${textOf(path)}`);
    } else if (!isDeletion) {
      const change = changeOf(entry, stat, check);
      if (change !== "") found.push(`/${textOf(path)} ${change}`);
    }
  }
  for (const [path, { type }] of missing) {
    // Where devices cannot be made, they were left out.
    if (found.length >= maxDifferences || isDevice(type) || (check.overlay && isWhiteoutName(splitPath(path)[1]))) continue;
    found.push(`-/${textOf(path)}`);
  }
  return found;
}

const isDevice = (type: TarType): boolean => type === "char" || type === "block";

/** Archives need not name the directories their files are in. */
function directoriesAbove(paths: Iterable<string>): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let [directory] = splitPath(path); directory !== "" && !parents.has(directory); [directory] = splitPath(directory)) parents.add(directory);
  }
  return parents;
}

function typeOf(stat: BigIntStats): TarType {
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isFIFO()) return "fifo";
  if (stat.isCharacterDevice()) return "char";
  return stat.isBlockDevice() ? "block" : "file";
}

const second = 1_000_000_000n;

function changeOf(entry: TarEntry, stat: BigIntStats, { maps, ignoreModes, ignoreOwners }: ContentCheck): string {
  // A hard link is what it links to: told there.
  if (entry.type === "link") return "";
  const changes: string[] = [];
  const compare = (what: string, wanted: string | number | bigint, is: string | number | bigint): void => { if (wanted !== is) changes.push(`${what}:${wanted}->${is}`); };
  const type = typeOf(stat);
  if (!ignoreModes) compare("filetype", entry.type, type);
  if (!ignoreOwners) {
    compare("uid", entry.uid, fromHost(maps.uidMaps, Number(stat.uid)));
    compare("gid", entry.gid, fromHost(maps.gidMaps, Number(stat.gid)));
  }
  if (entry.type === "file") compare("size", BigInt(entry.sizeBytes), stat.size);
  if (!ignoreModes && type !== "symlink") compare("mode", (entry.mode & 0o777).toString(8), (Number(stat.mode) & 0o777).toString(8));
  // A directory's time changes with what a later layer does in it.
  if (type !== "directory" && entry.mtimeNanos >= 0n) compare("mtime", entry.mtimeNanos / second, stat.mtimeNs / second);
  return changes.join(",");
}
