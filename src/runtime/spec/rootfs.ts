/** Looking into a container's root without leaving it, and without being held up by what lies there. */
import { closeSync, constants, fstatSync, openSync, readSync, readlinkSync, type Stats } from "node:fs";
import { EngineError, isErrno } from "../../base/errors.ts";
import { close, mkdirAt, openFlags, openInRoot } from "../../sys/index.ts";

/** An /etc/passwd of 10 MB has 200 000 users; Podman would read any size. */
const maxFileBytes = 10 * 1024 * 1024;

/** Runs `work` with a descriptor of the root directory. */
export function withRoot<T>(rootfs: string, work: (rootFd: number) => T): T {
  const fd = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY);
  try { return work(fd); } finally { closeSync(fd); }
}

/**
 * Text of a regular file below the root; undefined when absent. Links stay inside the root. A FIFO, device or directory in its
 * place is refused instead of read (CVE-2024-9676).
 * @throws EngineError invalid-argument
 */
export function readInRoot(rootFd: number, path: string): string | undefined {
  let fd: number;
  try {
    fd = openInRoot(rootFd, path, openFlags.rdonly | openFlags.nonblock | openFlags.noctty);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
  try { return readRegular(fd, path); } finally { close(fd); }
}

function readRegular(fd: number, path: string): string {
  const info = fstatSync(fd);
  if (!info.isFile()) throw new EngineError("invalid-argument", `"${path}" in the container's root is not a regular file`);
  if (info.size > maxFileBytes) throw new EngineError("invalid-argument", `"${path}" in the container's root is larger than ${maxFileBytes} bytes`);
  const buffer = Buffer.alloc(info.size);
  let length = 0;
  while (length < buffer.length) {
    const size = readSync(fd, buffer, length, buffer.length - length, length);
    if (size === 0) break;
    length += size;
  }
  return buffer.toString("utf8", 0, length);
}

/** What a path below the root is; undefined when absent. */
export function statInRoot(rootFd: number, path: string): Stats | undefined {
  try {
    const fd = openInRoot(rootFd, path, openFlags.path);
    try { return fstatSync(fd); } finally { close(fd); }
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * The path with its links resolved as the container would see it; parts that do not exist stay as they are. For mount
 * destinations, because runtimes refuse links there.
 */
export function resolveInRoot(rootFd: number, rootfs: string, path: string): string {
  const root = readlinkSync(`/proc/self/fd/${rootFd}`);
  const parts = path.split("/").filter((part) => part !== "");
  for (let count = parts.length; count > 0; count--) {
    try {
      const fd = openInRoot(rootFd, parts.slice(0, count).join("/"), openFlags.path);
      try {
        const real = readlinkSync(`/proc/self/fd/${fd}`);
        if (!real.startsWith(root)) return path;
        return [real.slice(root === "/" ? 0 : root.length), ...parts.slice(count)].join("/") || "/";
      } finally { close(fd); }
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
    }
  }
  return rootfs === "" ? path : `/${parts.join("/")}`;
}

/** Makes a directory and its parents below the root (mode 0755). Returns a descriptor of it, or undefined when it was there. */
export function makeDirectoryInRoot(rootFd: number, path: string): number | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  let made: number | undefined;
  for (let count = 1; count <= parts.length; count++) {
    const here = parts.slice(0, count).join("/");
    if (statInRoot(rootFd, here) !== undefined) continue;
    const parent = openInRoot(rootFd, parts.slice(0, count - 1).join("/") || ".", openFlags.directory | openFlags.rdonly);
    try { mkdirAt(parent, parts[count - 1] ?? "", 0o755); } finally { close(parent); }
    if (made !== undefined) close(made);
    made = openInRoot(rootFd, here, openFlags.directory | openFlags.rdonly);
  }
  return made;
}
