/** A node on disk → the tar entry that containers/storage would write for it. */
import type { BigIntStats } from "node:fs";
import { latin1 } from "../../formats/tar/fields.ts";
import type { NewTarEntry } from "../../formats/tar/encode.ts";
import type { TarType } from "../../formats/tar/types.ts";
import { getXattr, listXattrs, readLinkAt } from "../../sys/index.ts";
import type { MapId } from "./idmap.ts";
import { isWhiteoutNode } from "./lower.ts";
import { bytesOf, pathIn, splitPath } from "./paths.ts";
import type { WalkedNode } from "./walk.ts";
import { isWhiteoutName, opaqueName, whiteoutPrefix } from "./whiteout.ts";

export interface DescribeOptions {
  readonly containerUid: MapId;
  readonly containerGid: MapId;
  readonly convertWhiteouts: boolean;
}

/** `isOpaque`: the directory hides what lower layers have. */
export interface DescribedNode { readonly entry: NewTarEntry; readonly isOpaque: boolean }

const second = 1_000_000_000n;

/**
 * Links between files seen before. A whiteout keeps its link name as a leftover: the kernel makes all whiteouts links of one
 * inode, containers/storage writes the field and readers ignore it, and digests must be equal.
 */
export class NodeDescriber {
  private readonly options: DescribeOptions;
  /** Device and inode → name in the archive. */
  private readonly seen = new Map<string, string>();

  constructor(options: DescribeOptions) { this.options = options; }

  /** undefined for what archives do not hold: sockets. */
  describe(node: WalkedNode, opaqueAttribute: string): DescribedNode | undefined {
    const type = typeOf(node.stat);
    if (type === undefined) return undefined;
    const names = listXattrs(pathIn(node.directoryFd, node.base));
    const isOpaque = type === "directory" && names.includes(opaqueAttribute) && isYes(getXattr(pathIn(node.directoryFd, node.base), opaqueAttribute));
    const xattrs = attributesOf(node, names);
    const linkedTo = this.linkTarget(node);
    const rawName = this.nameOf(node, type);
    const isWhiteout = this.options.convertWhiteouts && isWhiteoutNode(node.stat);
    const isDevice = type === "char" || type === "block";
    const entry: NewTarEntry = {
      type: isWhiteout ? "file" : linkedTo === undefined ? type : "link",
      rawName, rawLinkName: linkedTo ?? (type === "symlink" ? latin1(readLinkAt(node.directoryFd, bytesOf(node.base))) : ""),
      mode: isWhiteout ? 0 : Number(node.stat.mode) & 0o7777,
      ...this.ownerOf(node),
      sizeBytes: type === "file" && linkedTo === undefined ? Number(node.stat.size) : 0,
      mtimeNanos: wholeSeconds(node.stat.mtimeNs),
      deviceMajor: isDevice ? deviceMajor(node.stat.rdev) : 0,
      deviceMinor: isDevice ? deviceMinor(node.stat.rdev) : 0,
      ...(xattrs.size === 0 ? {} : { xattrs }),
    };
    if (type !== "directory" && node.stat.nlink > 1n && linkedTo === undefined) this.seen.set(inodeOf(node.stat), rawName);
    return { entry, isOpaque };
  }

  private linkTarget(node: WalkedNode): string | undefined {
    return node.stat.isDirectory() || node.stat.nlink <= 1n ? undefined : this.seen.get(inodeOf(node.stat));
  }

  private nameOf(node: WalkedNode, type: TarType): string {
    if (type === "directory") return `${node.path}/`;
    if (!this.options.convertWhiteouts || !isWhiteoutNode(node.stat)) return node.path;
    const [directory, base] = splitPath(node.path);
    return `${directory === "" ? "" : `${directory}/`}${whiteoutPrefix}${base}`;
  }

  /** Files that are whiteouts already belong to nobody in the container. */
  private ownerOf(node: WalkedNode): { uid: number; gid: number } {
    // The kernel makes a whiteout as whoever mounted the overlay: host root, whom a container's mapping need not have.
    if (this.options.convertWhiteouts && isWhiteoutNode(node.stat)) return { uid: 0, gid: 0 };
    const [uid, gid] = [Number(node.stat.uid), Number(node.stat.gid)];
    return isWhiteoutName(node.base) ? { uid, gid } : { uid: this.options.containerUid(uid), gid: this.options.containerGid(gid) };
  }
}

/** The entry after an opaque directory's own. */
export function opaqueEntry(directory: NewTarEntry): NewTarEntry {
  return { type: "file", rawName: `${directory.rawName ?? ""}${opaqueName}`, mode: directory.mode & 0o777, uid: directory.uid ?? 0, gid: directory.gid ?? 0 };
}

function typeOf(stat: BigIntStats): TarType | undefined {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  return stat.isFIFO() ? "fifo" : undefined;
}

/** Security attributes that make a program work, and the user's own. Labels and overlayfs's marks stay here. */
function attributesOf(node: WalkedNode, names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>();
  for (const name of names) {
    const isWanted = name === "security.capability" || name === "security.ima" || (name.startsWith("user.") && !name.startsWith("user.overlay."));
    if (!isWanted) continue;
    const value = getXattr(pathIn(node.directoryFd, node.base), name);
    if (value !== undefined) attributes.set(Buffer.from(name, "utf8").toString("latin1"), value);
  }
  return attributes;
}

const isYes = (value: Uint8Array | undefined): boolean => value?.length === 1 && value[0] === 0x79;
const inodeOf = (stat: BigIntStats): string => `${stat.dev}:${stat.ino}`;
const wholeSeconds = (nanos: bigint): bigint => nanos - ((nanos % second) + second) % second;
/** containers/storage reads the old 12+20 bit form. */
const deviceMajor = (device: bigint): number => Number((device >> 8n) & 0xfffn);
const deviceMinor = (device: bigint): number => Number((device & 0xffn) | ((device >> 12n) & 0xfff00n));
