/** Pinned network namespaces of containers, named and placed as Podman's, so that either engine can clean up after the other. */
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import { randomHex } from "../base/random.ts";
import { bringLoopbackUp, createNetns, inNetns, mount, mountFlags, removeNetns, waitFlock } from "../sys/index.ts";

/** A path nobody uses: `<directory>/netns-<uuid>`. */
export function randomNetnsPath(directory: string): string {
  const hex = randomHex(16);
  return join(directory, `netns-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}

/**
 * A new namespace pinned at `path`, with `lo` up (the OCI runtime does that only for namespaces it makes itself). A left-over
 * of a crash at the same path is replaced. `share` (the default) shows it to mount namespaces made before.
 */
export async function makeNetns(path: string, options: { readonly share?: boolean } = {}): Promise<void> {
  if (options.share !== false) await shareDirectory(dirname(path));
  if (existsSync(path)) removeNetns(path);
  try { createNetns(path); } catch (error) {
    if (!isErrno(error, "EPERM")) throw error;
    return makeWithHelper(path);
  }
  try { inNetns(path, bringLoopbackUp); } catch (error) {
    removeNetns(path);
    throw error;
  }
}

/**
 * Pins the namespace of a process at `path`: for a container with a user namespace of its own, whose network namespace must
 * belong to that one, so that the runtime makes it.
 */
export async function pinNetnsOf(pid: number, path: string): Promise<void> {
  await shareDirectory(dirname(path));
  if (existsSync(path)) removeNetns(path);
  closeSync(openSync(path, "wx", 0o600));
  try { mount({ source: `/proc/${pid}/ns/net`, target: path, flags: mountFlags.bind }); } catch (error) {
    removeNetns(path);
    throw error;
  }
}

/** In a user namespace a thread cannot come back from another network namespace, so a process of its own makes it. pasta and netavark bring `lo` up. */
async function makeWithHelper(path: string): Promise<void> {
  closeSync(openSync(path, "wx", 0o600));
  const { exitCode, stderr } = Bun.spawnSync(["unshare", `--net=${path}`, "--", "true"]);
  if (exitCode === 0) return;
  removeNetns(path);
  throw new EngineError("internal", `make network namespace: ${stderr.toString().trim()}`);
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
