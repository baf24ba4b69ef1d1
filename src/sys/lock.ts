/**
 * File locks. OFD locks belong to the open file, so the kernel frees them when the holder dies, and they exclude other
 * processes that use fcntl locks on the same file (Podman, Buildah, Skopeo, CRI-O).
 */
import { isErrno } from "../base/errors.ts";
import { c, check, cstring, ptr } from "./libc.ts";
import { at, fcntl, open } from "./abi.ts";
import { waitFlock } from "./flock.ts";

export type LockMode = "read" | "write";

/** A held lock. Releasing twice is harmless. */
export interface HeldLock extends Disposable { readonly fd: number; release(): void }

interface Waiter { readonly mode: LockMode; readonly enter: () => void }
interface Gate { readers: number; writer: boolean; readonly queue: Waiter[] }
/** Tasks of this process queue here first: two open files of one process exclude each other too, and a blocked thread would never let the other task go on. */
const gates = new Map<string, Gate>();

/**
 * Waits for the lock on `path`, creating the file (mode 0644). Fair inside the process, and among our processes, which queue in a flock(2) of the
 * same file (flock.ts); tries again with growing pauses (1 to 20 ms) only while somebody else's program (Podman, Buildah, Skopeo) holds it.
 * @throws the signal's reason when aborted
 */
export async function lockFile(path: string, mode: LockMode = "write", signal?: AbortSignal): Promise<HeldLock> {
  const leave = await enterGate(path, mode);
  let fd = -1;
  try {
    fd = openLockFile(path);
    await queue(fd, mode, signal);
    for (let pauseMs = 1; !trySetLock(fd, mode); pauseMs = Math.min(pauseMs * 2, 20)) {
      signal?.throwIfAborted();
      await Bun.sleep(pauseMs);
    }
    return held(fd, leave);
  } catch (error) {
    if (fd !== -1) c.close(fd);
    leave();
    throw error;
  }
}

/** A file system without flock(2) has no queue. */
async function queue(fd: number, mode: LockMode, signal?: AbortSignal): Promise<void> {
  try { await waitFlock(fd, mode, signal); } catch (error) { if (!isErrno(error, "ENOLCK", "EOPNOTSUPP", "ENOSYS")) throw error; }
}

/** The lock if it is free now, else undefined. */
export function tryLockFile(path: string, mode: LockMode = "write"): HeldLock | undefined {
  const gate = gateOf(path);
  if (!admits(gate, mode) || gate.queue.length > 0) return undefined;
  const leave = admit(path, gate, mode);
  const fd = openLockFile(path);
  if (trySetLock(fd, mode)) return held(fd, leave);
  c.close(fd);
  leave();
  return undefined;
}

function openLockFile(path: string): number {
  return check(c.open(ptr(cstring(path)), open.rdwr | open.creat | open.cloexec, 0o644), "open", path);
}

function held(fd: number, leave: () => void): HeldLock {
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    c.close(fd);
    leave();
  };
  return { fd, release, [Symbol.dispose]: release };
}

/** struct flock: short l_type, short l_whence, (pad) i64 l_start, i64 l_len, i32 l_pid. The same on 64-bit glibc and musl. */
function trySetLock(fd: number, mode: LockMode): boolean {
  const request = new DataView(new ArrayBuffer(32));
  request.setInt16(0, mode === "read" ? fcntl.rdlck : fcntl.wrlck, true);
  try {
    check(c.fcntl(fd, fcntl.ofdSetlk, ptr(request.buffer)), "fcntl");
    return true;
  } catch (error) {
    if (isErrno(error, "EAGAIN", "EACCES")) return false;
    throw error;
  }
}

function gateOf(path: string): Gate {
  let gate = gates.get(path);
  if (gate === undefined) gates.set(path, gate = { readers: 0, writer: false, queue: [] });
  return gate;
}
const admits = (gate: Gate, mode: LockMode): boolean => !gate.writer && (mode === "read" || gate.readers === 0);

function admit(path: string, gate: Gate, mode: LockMode): () => void {
  if (mode === "read") gate.readers++; else gate.writer = true;
  return () => {
    if (mode === "read") gate.readers--; else gate.writer = false;
    for (let next = gate.queue[0]; next !== undefined && admits(gate, next.mode); next = gate.queue[0]) {
      gate.queue.shift();
      next.enter();
    }
    if (gate.queue.length === 0 && !gate.writer && gate.readers === 0) gates.delete(path);
  };
}

async function enterGate(path: string, mode: LockMode): Promise<() => void> {
  const gate = gateOf(path);
  if (admits(gate, mode) && gate.queue.length === 0) return admit(path, gate, mode);
  return new Promise((resolve) => { gate.queue.push({ mode, enter: () => { resolve(admit(path, gate, mode)); } }); });
}

/** True while another open file holds a conflicting write lock: asks without taking it. */
export function isLocked(path: string): boolean {
  const fd = Number(c.openat(at.fdcwd, ptr(cstring(path)), open.rdonly | open.cloexec, 0));
  if (fd === -1) return false;
  try {
    const request = new DataView(new ArrayBuffer(32));
    request.setInt16(0, fcntl.wrlck, true);
    check(c.fcntl(fd, fcntl.ofdGetlk, ptr(request.buffer)), "fcntl");
    return request.getInt16(0, true) !== fcntl.unlck;
  } finally { c.close(fd); }
}
