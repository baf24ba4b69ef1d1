/** Pinned network namespaces of containers, named and placed as Podman's, so that either engine can clean up after the other. */
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { bringLoopbackUp, createNetns, inNetns, mount, mountFlags, removeNetns, waitFlock } from "../sys/index.ts";

/**
 * A new namespace with `lo` up; the path is `<directory>/netns-<uuid>`. Not undone by itself after a crash: the path belongs
 * into the container's state first thing.
 */
export async function makeNetns(directory: string, options: { readonly loopback?: boolean } = {}): Promise<string> {
  await shareDirectory(directory);
  const hex = randomBytes(16).toString("hex");
  const path = join(directory, `netns-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
  createNetns(path);
  try { if (options.loopback !== false) inNetns(path, bringLoopbackUp); } catch (error) {
    removeNetns(path);
    throw error;
  }
  return path;
}

/**
 * Makes the directory a shared mount, so that namespaces pinned later are seen in mount namespaces made before, as iproute2
 * does, and under iproute2's lock: two at once would mount twice. Idempotent.
 */
async function shareDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const fd = openSync(directory, "r");
  try {
    await waitFlock(fd);
    const share = (): void => { mount({ source: "", target: directory, flags: mountFlags.shared | mountFlags.rec }); };
    try { share(); } catch (error) {
      // EINVAL: not a mount point yet.
      if (!isErrno(error, "EINVAL")) throw error;
      mount({ source: directory, target: directory, flags: mountFlags.bind | mountFlags.rec });
      share();
    }
  } finally { closeSync(fd); }
}
