/** Lower layers seen through an id-mapped mount: one image serves every user namespace without a copy. Linux 5.19 for overlay, real root only. */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, basename, join } from "node:path";
import { EngineError, isErrno } from "../../../base/errors.ts";
import type { IdMap } from "../../../contract/types/container-create.ts";
import { mountIdMapped } from "../../../sys/fsmount.ts";
import { unmount, umountFlags } from "../../../sys/mount.ts";
import type { Mappings } from "../types.ts";
import { openTrial, recall, remember, type FeatureHost } from "./features.ts";
import { linkFolder } from "./home.ts";
import { mountOverlay } from "./kernel-mount.ts";

/** Gives `work` the lowers below mapped copies of their homes. The copies go at the end: the overlay mount holds what it needs. */
export async function withMappedLowers(folder: string, lowers: readonly string[], mappings: Mappings, work: (lowers: readonly string[]) => void): Promise<void> {
  const namespace = await userNamespace(mappings);
  try { mapLowers(folder, lowers, namespace, work); } finally { closeSync(namespace); }
}

function mapLowers(folder: string, lowers: readonly string[], namespace: number, work: (lowers: readonly string[]) => void): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mounted = new Map<string, string>();
  try {
    work(lowers.map((lower) => {
      const root = mappedRoot(lower);
      let at = mounted.get(root);
      if (at === undefined) {
        at = join(folder, String(mounted.size));
        mkdirSync(at, { recursive: true, mode: 0o700 });
        mountIdMapped(root, at, namespace);
        mounted.set(root, at);
      }
      return at + lower.slice(root.length);
    }));
  } finally {
    for (const at of mounted.values()) detach(at);
  }
}

function detach(target: string): void {
  try { unmount(target, umountFlags.detach); } catch (error) { if (!isErrno(error, "EINVAL")) throw error; }
}

/** As high as it may be, so that few mounts serve many layers: the driver's home for `l/X`, else the directory above. */
function mappedRoot(lower: string): string {
  const parent = dirname(lower);
  return basename(parent) === linkFolder ? dirname(parent) : parent;
}

/** Descriptor of a user namespace with these mappings and no process in it. */
async function userNamespace({ uidMaps, gidMaps }: Mappings): Promise<number> {
  // A process of several threads may not enter a user namespace; a child makes it and waits to be told to end.
  const child = Bun.spawn(["unshare", "--user", "cat"], { stdin: "pipe", stdout: "pipe", stderr: "ignore" });
  try {
    await child.stdin.write("\n");
    await child.stdin.flush();
    // The answer comes from `cat`, which runs inside.
    const { done } = await child.stdout.getReader().read();
    if (done) throw new EngineError("unavailable", "make a user namespace: unshare failed", { reason: "program-missing" });
    writeFileSync(`/proc/${child.pid}/uid_map`, mapText(uidMaps));
    writeFileSync(`/proc/${child.pid}/gid_map`, mapText(gidMaps));
    return openSync(`/proc/${child.pid}/ns/user`, "r");
  } finally {
    await child.stdin.end();
    await child.exited;
  }
}

const mapText = (maps: readonly IdMap[]): string => maps.map(({ containerId, hostId, size }) => `${containerId} ${hostId} ${size}\n`).join("");

/** Tests once per boot, by mounting. Never inside a user namespace: the kernel does not allow it there. */
export async function supportsMappedLowers(host: FeatureHost): Promise<boolean> {
  if (host.rootless) return false;
  const known = recall(host, feature);
  if (known !== undefined) return known;
  const answer = await tryMapped(host);
  remember(host, feature, answer);
  return answer;
}
const feature = "idmapped-lower-dir";

/** With one id, as small as a mapping can be. */
const trialMaps: readonly IdMap[] = [{ containerId: 0, hostId: 0, size: 1 }];

async function tryMapped(host: FeatureHost): Promise<boolean> {
  const { folder, points, merged, upper, work, removeNow } = openTrial(host);
  const lower = join(folder, "lower");
  try {
    mkdirSync(lower, { mode: 0o700 });
    await withMappedLowers(join(points, "mapped"), [lower], { uidMaps: trialMaps, gidMaps: trialMaps }, (lowers) => { mountOverlay({ target: merged, lowers, upper: { directory: upper, work }, options: [] }); });
    return true;
  } catch {
    return false;
  } finally {
    removeNow();
  }
}
