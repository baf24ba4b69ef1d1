/** mount(2), umount2(2). Synchronous; the caller's mount namespace is never changed (DESIGN §1). */
import { c, check, cstring, ptr, type PathBytes } from "./libc.ts";
import { mountFlags, umountFlags } from "./abi.ts";

export { mountFlags, umountFlags };

export interface MountRequest {
  readonly source: PathBytes;
  readonly target: PathBytes;
  readonly fstype?: string;
  /** Bits of `mountFlags`. */
  readonly flags?: number;
  readonly data?: string;
}

/**
 * Mounts. With option data of a page or more the kernel cuts silently, so that is refused (EINVAL).
 * @throws SysError
 */
export function mount({ source, target, fstype, flags = 0, data }: MountRequest): void {
  const dataBytes = data === undefined ? null : cstring(data);
  const typeBytes = fstype === undefined ? null : cstring(fstype);
  const result = c.mount(ptr(cstring(source)), ptr(cstring(target)), typeBytes && ptr(typeBytes), flags, dataBytes && ptr(dataBytes));
  check(result, "mount", target);
}

/** Unmounts; `umountFlags.detach` for a lazy one. @throws SysError EINVAL when nothing is mounted there */
export function unmount(target: PathBytes, flags = 0): void {
  check(c.umount2(ptr(cstring(target)), flags), "umount", target);
}
