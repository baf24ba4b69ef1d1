/** Owner, mode, attributes and times of an extracted entry, in the order that the kernel's side effects need. */
import { chmodSync } from "node:fs";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import type { TarEntry } from "../../formats/tar/types.ts";
import { chownAt, close, fchmod, fchown, openAt, openFlags, setTimes, setTimesAt, setXattr, setXattrOf } from "../../sys/index.ts";
import { bytesOf, pathIn } from "./paths.ts";

export interface MetadataOptions {
  readonly inUserNamespace: boolean;
  readonly ignoreChownErrors: boolean;
  readonly forceMask: number | undefined;
}
export interface Owner { readonly uid: number; readonly gid: number }

/** An open regular file of ours. `ownerIsRight`, `modeIsRight`: what creating it did already. */
export function finishFile(fd: number, entry: TarEntry, owner: Owner, options: MetadataOptions, right: { readonly owner: boolean; readonly mode: boolean }): void {
  if (!right.owner && options.forceMask === undefined) chownOr(options, owner, () => { fchown(fd, owner.uid, owner.gid); });
  // After the owner: chown clears setuid and setgid.
  if (!right.mode) fchmod(fd, options.forceMask ?? entry.mode);
  for (const [name, value] of attributesOf(entry, owner, options)) {
    setAttribute(options, () => { setXattrOf(fd, bytesOf(name), value); });
  }
  const times = timesOf(entry);
  setTimes(fd, times.atime, times.mtime);
}

/** Anything else, by its name in an open directory; the name itself is never followed. */
export function finishNode(directoryFd: number, rawBase: string, entry: TarEntry, owner: Owner, options: MetadataOptions, isSymlink: boolean): void {
  const name = bytesOf(rawBase);
  if (options.forceMask === undefined) chownOr(options, owner, () => { chownAt(directoryFd, name, owner.uid, owner.gid); });
  if (!isSymlink) chmodNode(directoryFd, rawBase, options.forceMask ?? entry.mode);
  for (const [attribute, value] of attributesOf(entry, owner, options)) {
    setAttribute(options, () => { setXattr(pathIn(directoryFd, rawBase), bytesOf(attribute), value); });
  }
  const times = timesOf(entry);
  setTimesAt(directoryFd, name, times.atime, times.mtime);
}

/** fchmodat follows links, so the mode is set through a descriptor of exactly this node. */
function chmodNode(directoryFd: number, rawBase: string, mode: number): void {
  const fd = openAt(directoryFd, bytesOf(rawBase), openFlags.path | openFlags.nofollow);
  try { chmodSync(`/proc/self/fd/${fd}`, mode); } finally { close(fd); }
}

/** A directory that went meanwhile, or became something else, needs none. */
export function setDirectoryMode(directoryFd: number, rawBase: string, entry: TarEntry): void {
  try { chmodNode(directoryFd, rawBase, entry.mode); } catch (error) { if (!isErrno(error, "ENOENT", "ENOTDIR", "ELOOP", "ENOTSUP", "EOPNOTSUPP")) throw error; }
}

/** Directories get their times last, when nothing is made in them any more. A directory that went meanwhile needs none. */
export function setDirectoryTimes(directoryFd: number, rawBase: string, entry: TarEntry): void {
  const times = timesOf(entry);
  try {
    if (rawBase === "") setTimesAt(directoryFd, ".", times.atime, times.mtime);
    else setTimesAt(directoryFd, bytesOf(rawBase), times.atime, times.mtime);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
  }
}

/** Times before 1970, and past what 64-bit nanoseconds hold, become 1970, as in Podman. */
export function timesOf(entry: TarEntry): { readonly atime: bigint; readonly mtime: bigint } {
  const mtime = saneTime(entry.mtimeNanos);
  const atime = saneTime(entry.atimeNanos ?? 0n);
  return { mtime, atime: atime < mtime ? mtime : atime };
}
const maxTime = 2n ** 63n - 1n;
const saneTime = (nanos: bigint): bigint => nanos < 0n || nanos > maxTime ? 0n : nanos;

function chownOr(options: MetadataOptions, { uid, gid }: Owner, chown: () => void): void {
  try {
    chown();
  } catch (error) {
    if (options.ignoreChownErrors) return;
    // The kernel's only word for an id that the namespace does not have.
    if (!options.inUserNamespace || !isErrno(error, "EINVAL")) throw error;
    throw new EngineError("invalid-argument", `potentially insufficient UIDs or GIDs available in user namespace (requested ${uid}:${gid}): ${messageOf(error)}`, {
      cause: error, hint: 'the image uses more ids than the user namespace has: add ids to /etc/subuid and /etc/subgid and run "podman system migrate", or set ignore_chown_errors in storage.conf',
    });
  }
}

function setAttribute(options: MetadataOptions, set: () => void): void {
  try {
    set();
  } catch (error) {
    if (isErrno(error, "ENOTSUP", "EOPNOTSUPP") || (options.inUserNamespace && isErrno(error, "EPERM"))) return;
    throw error;
  }
}

/**
 * Attributes to set. Left out: the label (the mount gives it), and overlayfs's own attributes, by which an archive could
 * point the kernel at other paths of the layers below; nested ones (`trusted.overlay.overlay.…`) are harmless.
 */
export function* attributesOf(entry: TarEntry, owner: Owner, options: MetadataOptions): Generator<readonly [string, Uint8Array]> {
  for (const [name, value] of entry.xattrs ?? []) {
    if (name !== "security.selinux" && !/^(?:trusted|user)\.overlay\.(?!overlay\.)/.test(name)) yield [name, value];
  }
  if (options.forceMask !== undefined && entry.type !== "symlink" && entry.type !== "link") yield [overrideAttribute, overrideValue(entry, owner)];
}

/** Where fuse-overlayfs reads the wanted owner and mode when `force_mask` is set. */
export const overrideAttribute = "user.containers.override_stat";
const overrideTypes: Readonly<Record<TarEntry["type"], string>> = { file: "file", link: "file", symlink: "symlink", char: "char", block: "block", directory: "dir", fifo: "pipe" };

export function overrideValue(entry: Pick<TarEntry, "type" | "mode" | "deviceMajor" | "deviceMinor">, owner: Owner): Uint8Array {
  const isDevice = entry.type === "char" || entry.type === "block";
  const device = isDevice ? `-${entry.deviceMajor}-${entry.deviceMinor}` : "";
  return Buffer.from(`${owner.uid}:${owner.gid}:${entry.mode.toString(8).padStart(4, "0")}:${overrideTypes[entry.type]}${device}`);
}

