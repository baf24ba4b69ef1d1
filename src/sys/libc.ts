/**
 * The one user of dlopen. Every symbol that `sys/` uses is declared here; nothing outside `sys/` imports bun:ffi (repo test).
 * What was really run: x86-64 glibc 2.36. Other rows of `abi.ts` follow the kernel's and musl's headers.
 */
import { dlopen, FFIType, ptr, read, type Pointer } from "bun:ffi";
import { existsSync } from "node:fs";
import { SysError } from "../base/errors.ts";
import { errnoNames } from "./errno.ts";

const { i32, i64, u32, u64, pointer } = FFIType;

const candidates = process.arch === "arm64"
  ? ["/lib/ld-musl-aarch64.so.1", "libc.so.6"]
  : ["/lib/ld-musl-x86_64.so.1", "libc.so.6"];
const musl = candidates[0] ?? "";
/** Bun itself is built for one libc; glibc's loader is there wherever that Bun runs. */
const library = existsSync(musl) && !existsSync("/lib64/ld-linux-x86-64.so.2") && !existsSync("/lib/ld-linux-aarch64.so.1") ? musl : "libc.so.6";

const signatures = {
  __errno_location: { args: [], returns: pointer },
  mount: { args: [pointer, pointer, pointer, u64, pointer], returns: i32 },
  umount2: { args: [pointer, i32], returns: i32 },
  unshare: { args: [i32], returns: i32 },
  setns: { args: [i32, i32], returns: i32 },
  fcntl: { args: [i32, i32, pointer], returns: i32 },
  flock: { args: [i32, i32], returns: i32 },
  ioctl: { args: [i32, u64, pointer], returns: i32 },
  open: { args: [pointer, i32, u32], returns: i32 },
  openat: { args: [i32, pointer, i32, u32], returns: i32 },
  close: { args: [i32], returns: i32 },
  pipe2: { args: [pointer, i32], returns: i32 },
  socketpair: { args: [i32, i32, i32, pointer], returns: i32 },
  socket: { args: [i32, i32, i32], returns: i32 },
  connect: { args: [i32, pointer, u32], returns: i32 },
  bind: { args: [i32, pointer, u32], returns: i32 },
  listen: { args: [i32, i32], returns: i32 },
  setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
  getsockname: { args: [i32, pointer, pointer], returns: i32 },
  send: { args: [i32, pointer, u64, i32], returns: i64 },
  recv: { args: [i32, pointer, u64, i32], returns: i64 },
  shutdown: { args: [i32, i32], returns: i32 },
  read: { args: [i32, pointer, u64], returns: i64 },
  write: { args: [i32, pointer, u64], returns: i64 },
  mkdirat: { args: [i32, pointer, u32], returns: i32 },
  mknodat: { args: [i32, pointer, u32, u64], returns: i32 },
  symlinkat: { args: [pointer, i32, pointer], returns: i32 },
  linkat: { args: [i32, pointer, i32, pointer, i32], returns: i32 },
  unlinkat: { args: [i32, pointer, i32], returns: i32 },
  renameat2: { args: [i32, pointer, i32, pointer, u32], returns: i32 },
  readlinkat: { args: [i32, pointer, pointer, u64], returns: i64 },
  fchownat: { args: [i32, pointer, u32, u32, i32], returns: i32 },
  fchmodat: { args: [i32, pointer, u32, i32], returns: i32 },
  fchmod: { args: [i32, u32], returns: i32 },
  fchown: { args: [i32, u32, u32], returns: i32 },
  utimensat: { args: [i32, pointer, pointer, i32], returns: i32 },
  futimens: { args: [i32, pointer], returns: i32 },
  ftruncate: { args: [i32, i64], returns: i32 },
  lseek: { args: [i32, i64, i32], returns: i64 },
  fsync: { args: [i32], returns: i32 },
  syncfs: { args: [i32], returns: i32 },
  statfs: { args: [pointer, pointer], returns: i32 },
  lgetxattr: { args: [pointer, pointer, pointer, u64], returns: i64 },
  lsetxattr: { args: [pointer, pointer, pointer, u64, i32], returns: i32 },
  llistxattr: { args: [pointer, pointer, u64], returns: i64 },
  lremovexattr: { args: [pointer, pointer], returns: i32 },
  fgetxattr: { args: [i32, pointer, pointer, u64], returns: i64 },
  fsetxattr: { args: [i32, pointer, pointer, u64, i32], returns: i32 },
  flistxattr: { args: [i32, pointer, u64], returns: i64 },
  kill: { args: [i32, i32], returns: i32 },
  prctl: { args: [i32, u64, u64, u64, u64], returns: i32 },
  execve: { args: [pointer, pointer, pointer], returns: i32 },
  prlimit: { args: [i32, i32, pointer, pointer], returns: i32 },
  umask: { args: [u32], returns: u32 },
  memfd_create: { args: [pointer, u32], returns: i32 },
  dup2: { args: [i32, i32], returns: i32 },
  poll: { args: [pointer, u64, i32], returns: i32 },
  syscall: { args: [i64, i64, i64, i64, i64, i64, i64], returns: i64 },
  inotify_init1: { args: [i32], returns: i32 },
  inotify_add_watch: { args: [i32, pointer, u32], returns: i32 },
  _exit: { args: [i32], returns: FFIType.void },
  localtime_r: { args: [pointer, pointer], returns: pointer },
  sysconf: { args: [i32], returns: i64 },
} as const;

type Symbols = ReturnType<typeof dlopen<typeof signatures>>["symbols"];

/** Each function is linked at its first use: making all of them callable takes 4 ms, and no command needs more than a few. */
function linkLazily(): Symbols {
  const linked = {};
  for (const name of Object.keys(signatures) as (keyof typeof signatures)[]) {
    Object.defineProperty(linked, name, { configurable: true, enumerable: true, get: () => {
      const value = dlopen(library, { [name]: signatures[name] }).symbols[name];
      Object.defineProperty(linked, name, { value });
      return value;
    } });
  }
  return linked as Symbols;
}

export const c = linkLazily();
// At once: linking it after a call has failed could change what it is to tell.
const errnoLocation = c.__errno_location;
export { ptr, read, type Pointer };

/** A path or string argument: bytes for names that are not UTF-8. NUL bytes inside are refused, or the kernel would see another path. */
export type PathBytes = string | Uint8Array;

/**
 * The strings made last. A pointer does not keep its bytes alive: in `f(ptr(cstring(a)), ptr(cstring(b)))` making `b` may collect
 * `a` and put `b` in its place. No call takes nearly as many strings as stay here.
 */
const recentStrings: Uint8Array[] = [];
const recentCount = 256;
let nextRecent = 0;

/** NUL-terminated bytes for a C string argument; they stay alive for the call they are made for. Vectors (execve) must be kept by the caller. */
export function cstring(value: PathBytes): Uint8Array {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  if (bytes.includes(0)) throw new SysError("path", "EINVAL", showPath(value));
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  recentStrings[nextRecent] = terminated;
  nextRecent = (nextRecent + 1) % recentCount;
  return terminated;
}

export function showPath(path: PathBytes): string {
  return typeof path === "string" ? path : Buffer.from(path).toString("utf8");
}

/** errno of the last failed call. Must be the very next FFI call, never across `await`. */
export function errno(): string {
  const location = errnoLocation();
  const value = location === null ? 0 : read.i32(location, 0);
  return errnoNames[value] ?? `errno ${value}`;
}

/** Throws a SysError when a call returned -1; passes any other result through. */
export function check(result: number | bigint, syscall: string, path?: PathBytes): number {
  if (Number(result) !== -1) return Number(result);
  throw new SysError(syscall, errno(), path === undefined ? undefined : showPath(path));
}

/** Like `check`, and retries while the call was interrupted by a signal. */
export function retry(call: () => number | bigint, syscall: string, path?: PathBytes): number {
  for (;;) {
    const result = Number(call());
    if (result !== -1) return result;
    const name = errno();
    if (name !== "EINTR") throw new SysError(syscall, name, path === undefined ? undefined : showPath(path));
  }
}
