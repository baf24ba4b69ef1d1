/** Extended attributes; links are never followed. Values are bytes, at most 64 KiB (the kernel's XATTR_SIZE_MAX). */
import { isErrno } from "../base/errors.ts";
import { c, check, cstring, ptr, type PathBytes } from "./libc.ts";

const maxSizeBytes = 65536;
/** Filled and copied from within one synchronous call; a fresh 64 KiB per file would cost more than the system call. */
const scratch = new Uint8Array(maxSizeBytes);

/** undefined when the attribute is absent or the file system has none. */
export function getXattr(path: PathBytes, name: string): Uint8Array | undefined {
  const buffer = scratch;
  try {
    const size = check(c.lgetxattr(ptr(cstring(path)), ptr(cstring(name)), ptr(buffer), buffer.length), "lgetxattr", path);
    return buffer.slice(0, size);
  } catch (error) {
    if (isErrno(error, "ENODATA", "ENOTSUP", "EOPNOTSUPP")) return undefined;
    throw error;
  }
}

export function setXattr(path: PathBytes, name: PathBytes, value: Uint8Array): void {
  // FFI wants a pointer even for an empty value.
  const bytes = value.length === 0 ? new Uint8Array(1) : value;
  check(c.lsetxattr(ptr(cstring(path)), ptr(cstring(name)), ptr(bytes), value.length, 0), "lsetxattr", path);
}

export function removeXattr(path: PathBytes, name: string): void {
  check(c.lremovexattr(ptr(cstring(path)), ptr(cstring(name))), "lremovexattr", path);
}

/** Names in the kernel's order; empty where the file system has none. */
export function listXattrs(path: PathBytes): string[] {
  const buffer = scratch;
  try {
    const size = check(c.llistxattr(ptr(cstring(path)), ptr(buffer), buffer.length), "llistxattr", path);
    return Buffer.from(buffer.subarray(0, size)).toString("utf8").split("\0").filter((name) => name !== "");
  } catch (error) {
    if (isErrno(error, "ENOTSUP", "EOPNOTSUPP")) return [];
    throw error;
  }
}

/** The same on an open file (not one opened with O_PATH). */
export function setXattrOf(fd: number, name: PathBytes, value: Uint8Array): void {
  const bytes = value.length === 0 ? new Uint8Array(1) : value;
  check(c.fsetxattr(fd, ptr(cstring(name)), ptr(bytes), value.length, 0), "fsetxattr", name);
}
