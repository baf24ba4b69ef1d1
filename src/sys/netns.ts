/** Network namespaces: the one kind a JS thread may make, because it comes back at once (DESIGN §1). */
import { closeSync, mkdirSync, openSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { c, check } from "./libc.ts";
import { clone } from "./abi.ts";
import { mount, mountFlags, unmount, umountFlags } from "./mount.ts";

/** The present namespace, if this thread may come back to it; inside a user namespace it may not, and must not leave. @throws SysError EPERM */
function openHome(): number {
  const home = openSync("/proc/thread-self/ns/net", "r");
  try { check(c.setns(home, clone.newnet), "setns", "/proc/thread-self/ns/net"); } catch (error) {
    closeSync(home);
    throw error;
  }
  return home;
}

/**
 * Makes a network namespace and pins it at `path` by a bind mount. One synchronous block: unshare, bind, setns back.
 * Not even an await may come between, or other code would run in the wrong namespace. @throws SysError EPERM where this is not possible
 */
export function createNetns(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const home = openHome();
  closeSync(openSync(path, "wx", 0o444));
  try {
    check(c.unshare(clone.newnet), "unshare", "net");
    try {
      mount({ source: "/proc/thread-self/ns/net", target: path, flags: mountFlags.bind });
    } finally {
      check(c.setns(home, clone.newnet), "setns");
    }
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally { closeSync(home); }
}

/** Unpins a namespace; harmless when it is already gone. */
export function removeNetns(path: string): void {
  try { unmount(path, umountFlags.detach); } catch { /* not mounted: a crash came between */ }
  try { unlinkSync(path); } catch { /* already gone */ }
}

/** Runs synchronous `work` inside the namespace at `path`. @throws SysError EPERM where this is not possible */
export function inNetns<T>(path: string, work: () => T): T {
  const home = openHome();
  let there = -1;
  try {
    there = openSync(path, "r");
    check(c.setns(there, clone.newnet), "setns", path);
    try { return work(); } finally { check(c.setns(home, clone.newnet), "setns"); }
  } finally { if (there !== -1) closeSync(there); closeSync(home); }
}
