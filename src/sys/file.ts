/** Descriptor-relative file calls for code that must not follow links out of a root: layer extraction, `cp`, rootfs look-ups. */
import { readSync } from "node:fs";
import { SysError } from "../base/errors.ts";
import { c, check, cstring, errno, ptr, read, retry, showPath, type PathBytes } from "./libc.ts";
import { at, filesystemMagic, open as openFlags, resolve, seek, syscallNumbers } from "./abi.ts";

export { at, filesystemMagic, openFlags, resolve, seek };
export type { PathBytes };

/** Opens relative to `dirfd`. Always O_CLOEXEC. */
export function openAt(dirfd: number, path: PathBytes, flags: number, mode = 0): number {
  return retry(() => c.openat(dirfd, ptr(cstring(path)), flags | openFlags.cloexec, mode), "open", path);
}

/**
 * openat2(2) with RESOLVE_IN_ROOT: links and `..` cannot leave `rootFd`, and magic links are refused. The one way to open
 * a path that a container or a layer chose. @throws SysError (ELOOP for a magic link, ENOSYS below Linux 5.6)
 */
export function openInRoot(rootFd: number, path: PathBytes, flags: number, mode = 0, extraResolve = 0): number {
  const how = new BigUint64Array([BigInt(flags | openFlags.cloexec), BigInt(mode), BigInt(resolve.inRoot | resolve.noMagiclinks | extraResolve)]);
  const name = cstring(path);
  for (;;) {
    const fd = Number(c.syscall(syscallNumbers.openat2, rootFd, ptr(name), ptr(how), how.byteLength, 0, 0));
    if (fd !== -1) return fd;
    const code = errno();
    // EAGAIN: a rename raced with the walk; the kernel asks to try again.
    if (code !== "EINTR" && code !== "EAGAIN") throw new SysError("openat2", code, showPath(path));
  }
}

export function close(fd: number): void { check(c.close(fd), "close"); }
export function mkdirAt(dirfd: number, path: PathBytes, mode: number): void { check(c.mkdirat(dirfd, ptr(cstring(path)), mode), "mkdir", path); }
/** `device` as the kernel's dev_t; see `makeDevice`. `mode` includes the file type. */
export function mknodAt(dirfd: number, path: PathBytes, mode: number, device: bigint | number): void { check(c.mknodat(dirfd, ptr(cstring(path)), mode, BigInt(device)), "mknod", path); }
export function symlinkAt(target: PathBytes, dirfd: number, path: PathBytes): void { check(c.symlinkat(ptr(cstring(target)), dirfd, ptr(cstring(path))), "symlink", path); }
export function linkAt(oldFd: number, oldPath: PathBytes, newFd: number, newPath: PathBytes, flags = 0): void { check(c.linkat(oldFd, ptr(cstring(oldPath)), newFd, ptr(cstring(newPath)), flags), "link", newPath); }
export function unlinkAt(dirfd: number, path: PathBytes, flags = 0): void { check(c.unlinkat(dirfd, ptr(cstring(path)), flags), "unlink", path); }
/** flags: 1 NOREPLACE, 2 EXCHANGE, 4 WHITEOUT. */
export function renameAt(oldFd: number, oldPath: PathBytes, newFd: number, newPath: PathBytes, flags = 0): void { check(c.renameat2(oldFd, ptr(cstring(oldPath)), newFd, ptr(cstring(newPath)), flags), "rename", oldPath); }
export function chownAt(dirfd: number, path: PathBytes, uid: number, gid: number, flags: number = at.symlinkNofollow): void { check(c.fchownat(dirfd, ptr(cstring(path)), uid, gid, flags), "chown", path); }
export function chmodAt(dirfd: number, path: PathBytes, mode: number): void { check(c.fchmodat(dirfd, ptr(cstring(path)), mode, 0), "chmod", path); }
export function fchmod(fd: number, mode: number): void { check(c.fchmod(fd, mode), "fchmod"); }
export function fchown(fd: number, uid: number, gid: number): void { check(c.fchown(fd, uid, gid), "fchown"); }
export function truncate(fd: number, sizeBytes: number): void { check(c.ftruncate(fd, sizeBytes), "ftruncate"); }
/** @throws SysError ENXIO at the end for SEEK_DATA/SEEK_HOLE */
export function seekTo(fd: number, offset: number, whence: number): number { return check(c.lseek(fd, offset, whence), "lseek"); }
export function syncFilesystem(fd: number): void { check(c.syncfs(fd), "syncfs"); }
export function syncFile(fd: number): void { retry(() => c.fsync(fd), "fsync"); }
export function umask(mask: number): number { return c.umask(mask); }

/** Sets access and modification time without following a final link. Nanoseconds since the epoch; undefined leaves a time as it is. */
export function setTimesAt(dirfd: number, path: PathBytes, atimeNanos: bigint | undefined, mtimeNanos: bigint | undefined): void {
  const times = timespecs(atimeNanos, mtimeNanos);
  check(c.utimensat(dirfd, ptr(cstring(path)), ptr(times), at.symlinkNofollow), "utimensat", path);
}
export function setTimes(fd: number, atimeNanos: bigint | undefined, mtimeNanos: bigint | undefined): void {
  check(c.futimens(fd, ptr(timespecs(atimeNanos, mtimeNanos))), "futimens");
}

const utimeOmit = 0x3ffffffen;
const second = 1_000_000_000n;
function timespecs(...nanos: (bigint | undefined)[]): BigInt64Array {
  return new BigInt64Array(nanos.flatMap((time) => {
    if (time === undefined) return [0n, utimeOmit];
    // Times before 1970: the nanosecond part must still be positive.
    const rest = ((time % second) + second) % second;
    return [(time - rest) / second, rest];
  }));
}

export function readLinkAt(dirfd: number, path: PathBytes): Uint8Array {
  const buffer = new Uint8Array(4096);
  const length = check(c.readlinkat(dirfd, ptr(cstring(path)), ptr(buffer), buffer.length), "readlink", path);
  return buffer.slice(0, length);
}

/** dev_t of a device number pair (glibc's gnu_dev_makedev). */
export function makeDevice(major: number, minor: number): bigint {
  const [ma, mi] = [BigInt(major), BigInt(minor)];
  return (mi & 0xffn) | ((ma & 0xfffn) << 8n) | ((mi & ~0xffn) << 12n) | ((ma & ~0xfffn) << 32n);
}

export interface FilesystemStat { readonly magic: number; readonly blockSizeBytes: number; readonly blocks: number; readonly freeBlocks: number; readonly files: number; readonly freeFiles: number; /** ST_NOSUID 2, ST_NODEV 4, ST_NOEXEC 8, ST_RDONLY 1. */ readonly flags: number }
/** statfs(2); struct statfs starts alike on x86-64 and arm64. */
export function statFilesystem(path: PathBytes): FilesystemStat {
  const buffer = new BigInt64Array(15);
  check(c.statfs(ptr(cstring(path)), ptr(buffer)), "statfs", path);
  const field = (index: number): number => Number(read.i64(ptr(buffer), index * 8));
  return { magic: field(0), blockSizeBytes: field(1), blocks: field(2), freeBlocks: field(3), files: field(5), freeFiles: field(6), flags: field(10) };
}

/** A pipe, both ends close-on-exec. */
export function pipe(): { readonly read: number; readonly write: number } {
  const fds = new Int32Array(2);
  check(c.pipe2(ptr(fds), openFlags.cloexec), "pipe2");
  return { read: fds[0] ?? -1, write: fds[1] ?? -1 };
}

/** An anonymous file in memory, close-on-exec. */
export function memoryFile(name: string): number { return check(c.memfd_create(ptr(cstring(name)), 1), "memfd_create", name); }

/** At most `limitBytes` from `offset`, without moving the descriptor's position. */
export function readAt(fd: number, offset: number, limitBytes: number): Buffer {
  const buffer = Buffer.alloc(limitBytes);
  return buffer.subarray(0, readSync(fd, buffer, 0, limitBytes, offset));
}
