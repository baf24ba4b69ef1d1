/** Pinned network namespaces of containers, named and placed as Podman's, so that either engine can clean up after the other. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { bringLoopbackUp, createNetns, inNetns, mount, mountFlags, removeNetns, waitFlock } from "../sys/index.ts";

/** A path nobody uses: `<directory>/netns-<uuid>`. */
export function randomNetnsPath(directory: string): string {
  const hex = randomBytes(16).toString("hex");
  return join(directory, `netns-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}

/**
 * A new namespace pinned at `path`, with `lo` up (the OCI runtime does that only for namespaces it makes itself). A left-over
 * of a crash at the same path is replaced.
 */
export async function makeNetns(path: string): Promise<void> {
  await shareDirectory(dirname(path));
  if (existsSync(path)) removeNetns(path);
  createNetns(path);
  try { inNetns(path, bringLoopbackUp); } catch (error) {
    removeNetns(path);
    throw error;
  }
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
