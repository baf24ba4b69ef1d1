/** The file-descriptor mount API (Linux 5.2+): mounts whose options exceed a page, and id-mapped mounts (5.12+). */
import { c, check, cstring, ptr, type PathBytes } from "./libc.ts";
import { at, fsconfig as command, syscallNumbers as number } from "./abi.ts";

const cloexec = 1;
const emptyPathMove = 4;
const cloneTree = 1;
const treeCloexec = 0o2000000;
const attrIdmap = 0x100000n;
const emptyPath = at.emptyPath;

export interface FsMountRequest {
  readonly fstype: string;
  readonly source: string;
  readonly target: PathBytes;
  /** In order; a parameter without value is a flag. */
  readonly parameters: readonly (readonly [string, string?])[];
  /** MOUNT_ATTR bits: 1 read-only, 2 nosuid, 4 nodev, 8 noexec, 16 noatime. */
  readonly attributes?: number;
}

/** fsopen, fsconfig, fsmount, move_mount. @throws SysError; EINVAL where the kernel lacks a parameter (`lowerdir+` came with 6.8), ENOSYS before 5.2 */
export function mountWithParameters({ fstype, source, target, parameters, attributes = 0 }: FsMountRequest): void {
  const context = call("fsopen", number.fsopen, address(fstype), cloexec);
  try {
    for (const [name, value] of [["source", source] as const, ...parameters]) setParameter(context, name, value);
    call("fsconfig", number.fsconfig, context, command.create, 0, 0, 0);
    const mounted = call("fsmount", number.fsmount, context, cloexec, attributes);
    try { call("move_mount", number.moveMount, mounted, address(""), at.fdcwd, address(target), emptyPathMove); } finally { c.close(mounted); }
  } finally { c.close(context); }
}

function setParameter(context: number, name: string, value: string | undefined): void {
  if (value === undefined) call("fsconfig", number.fsconfig, context, command.setFlag, address(name), 0, 0);
  else call("fsconfig", number.fsconfig, context, command.setString, address(name), address(value), 0);
}

/**
 * Bind-mounts `source` (one mount, not what is mounted below it) at `target` with the id mapping of the user namespace
 * `userns` (a descriptor). @throws SysError EINVAL where the file system cannot, EPERM inside a user namespace
 */
export function mountIdMapped(source: PathBytes, target: PathBytes, userns: number): void {
  const tree = call("open_tree", number.openTree, at.fdcwd, address(source), cloneTree | treeCloexec);
  try {
    // struct mount_attr: attr_set, attr_clr, propagation, userns_fd
    const attributes = new BigUint64Array([attrIdmap, 0n, BigInt(1 << 18), BigInt(userns)]);
    call("mount_setattr", number.mountSetattr, tree, address(""), emptyPath, Number(ptr(attributes)), attributes.byteLength);
    call("move_mount", number.moveMount, tree, address(""), at.fdcwd, address(target), emptyPathMove);
  } finally { c.close(tree); }
}

/** Argument buffers must outlive the call, and nothing else refers to them. */
const kept: Uint8Array[] = [];
function address(text: PathBytes): number {
  const bytes = cstring(text);
  kept.push(bytes);
  return Number(ptr(bytes));
}

function call(name: string, syscall: number, ...args: readonly number[]): number {
  const [a = 0, b = 0, d = 0, e = 0, f = 0, g = 0] = args;
  try { return check(c.syscall(syscall, a, b, d, e, f, g), name); } finally { kept.length = 0; }
}
