/** Processes: signals, pidfd, prctl, execve, rlimits. */
import { isErrno } from "../base/errors.ts";
import { c, check, cstring, ptr } from "./libc.ts";
import { fcntl, prctl, securebits, syscallNumbers } from "./abi.ts";

/** kill(2). @throws SysError ESRCH when the process is gone */
export function kill(pid: number, signal: number): void { check(c.kill(pid, signal), "kill", String(pid)); }

/** True while the process exists (zombies included). */
export function isProcessAlive(pid: number): boolean {
  try { kill(pid, 0); return true; } catch (error) { return isErrno(error, "EPERM"); }
}

/** A descriptor that becomes readable when the process ends. @throws SysError ESRCH */
export function openPidfd(pid: number): number { return check(c.syscall(syscallNumbers.pidfdOpen, pid, 0, 0, 0, 0, 0), "pidfd_open", String(pid)); }

/**
 * Signals a process so that no other one can be hit: `isOurs` is asked after the pidfd exists, and a pid that was reused after
 * that is another pidfd. False when it is gone or not ours. @throws SysError EPERM
 */
export function signalProcess(pid: number, signal: number, isOurs: () => boolean): boolean {
  let fd = -1;
  try {
    fd = openPidfd(pid);
    if (!isOurs()) return false;
    check(c.syscall(syscallNumbers.pidfdSendSignal, fd, signal, 0, 0, 0, 0), "pidfd_send_signal", String(pid));
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  } finally { if (fd !== -1) c.close(fd); }
}

/** Orphans of our children become ours: needed to reap conmon's first process. */
export function setChildSubreaper(): void { check(c.prctl(prctl.setChildSubreaper, 1, 0, 0, 0), "prctl"); }

/** Ends this process at once: no handlers, nothing is closed or flushed but by the kernel. */
export function exitNow(status: number): never {
  c._exit(status);
  throw new Error("unreachable after _exit");
}

/** Lets a descriptor go on over `execve` (FD_CLOEXEC off: the runtime sets it on every descriptor it inherits). @throws EBADF */
export function keepOverExec(fd: number): void { check(c.fcntl(fd, fcntl.setfd, null), "fcntl"); }

/**
 * Runs synchronous `work` with these ids for what it makes in file systems, and all capabilities kept: file systems of a user
 * namespace refuse files of owners that they do not know, and the real root is one of these. Of this thread only, and taken back
 * before anything else runs. @throws SysError EPERM without CAP_SETPCAP
 */
export function withFileIds<T>(uid: number, gid: number, work: () => T): T {
  const bits = check(c.prctl(prctl.getSecurebits, 0, 0, 0, 0), "prctl");
  check(c.prctl(prctl.setSecurebits, bits | securebits.noSetuidFixup, 0, 0, 0), "prctl");
  // These two answer with the id before, and never fail.
  const before = { gid: setFileId(syscallNumbers.setfsgid, gid), uid: setFileId(syscallNumbers.setfsuid, uid) };
  try { return work(); } finally {
    setFileId(syscallNumbers.setfsuid, before.uid);
    setFileId(syscallNumbers.setfsgid, before.gid);
    check(c.prctl(prctl.setSecurebits, bits, 0, 0, 0), "prctl");
  }
}
function setFileId(number: number, id: number): number { return Number(c.syscall(number, id, 0, 0, 0, 0, 0)); }

/** Replaces this process. Never returns on success. Descriptors without O_CLOEXEC survive. */
export function execve(path: string, argv: readonly string[], env: Readonly<Record<string, string>>): never {
  const keep: Uint8Array[] = [];
  const vector = (items: readonly string[]): BigUint64Array => new BigUint64Array([...items.map((item) => {
    const bytes = cstring(item);
    keep.push(bytes);
    return BigInt(ptr(bytes));
  }), 0n]);
  const args = vector(argv);
  const environment = vector(Object.entries(env).map(([name, value]) => `${name}=${value}`));
  check(c.execve(ptr(cstring(path)), ptr(args), ptr(environment)), "execve", path);
  throw new Error(`unreachable after execve, ${keep.length} arguments`);
}

/** RLIMIT numbers (asm-generic; the same on x86-64 and arm64), by podman's ulimit names. */
export const rlimits: Readonly<Record<string, number>> = { cpu: 0, fsize: 1, data: 2, stack: 3, core: 4, rss: 5, nproc: 6, nofile: 7, memlock: 8, as: 9, locks: 10, sigpending: 11, msgqueue: 12, nice: 13, rtprio: 14, rttime: 15 };

/** Soft and hard limit of this process; -1n is unlimited. */
export function getRlimit(resource: number): { readonly soft: bigint; readonly hard: bigint } {
  const limit = new BigInt64Array(2);
  check(c.prlimit(0, resource, null, ptr(limit)), "prlimit");
  return { soft: limit[0] ?? -1n, hard: limit[1] ?? -1n };
}
