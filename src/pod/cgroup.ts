/** The cgroup that the containers of a pod share (podman-pod-create(1), --share-parent and --cgroup-parent). */
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import type { PodRecord } from "../state/pod-record.ts";

const root = "/sys/fs/cgroup";

export interface PodCgroup { readonly parent: string; readonly path?: string }

/** systemd's slices are named after where they lie: `a-b.slice` is in `a.slice`. A user without systemd has no cgroup of its own to give. */
export function cgroupOf({ config }: EngineContext, id: string, asked: string | undefined, shared: boolean): PodCgroup {
  const { cgroupManager } = config.engine;
  if (cgroupManager === "systemd") {
    const parent = asked ?? (config.rootless ? "user.slice" : "machine.slice");
    const last = parent.slice(parent.lastIndexOf("/") + 1).replace(/\.slice$/, "");
    return { parent, ...(shared && { path: `${parent}/${last}-libpod_pod_${id}.slice` }) };
  }
  const parent = asked ?? "/libpod_parent";
  return { parent, ...(shared && !config.rootless && { path: join(parent, id) }) };
}

/** After its last container. Idempotent; what is not empty stays. */
export async function removeCgroup({ config }: EngineContext, { cgroupManager, cgroupPath }: PodRecord): Promise<void> {
  if (cgroupPath === undefined) return;
  if (cgroupManager === "systemd") return stopSlice(cgroupPath.slice(cgroupPath.lastIndexOf("/") + 1), config.rootless);
  for (const hierarchy of existsSync(join(root, "cgroup.controllers")) ? [root] : readdirSync(root).map((name) => join(root, name))) {
    for (const path of [join(hierarchy, cgroupPath, "conmon"), join(hierarchy, cgroupPath)]) {
      try { rmdirSync(path); } catch { /* not there, or still in use by what is being ended */ }
    }
  }
}

async function stopSlice(slice: string, isUser: boolean): Promise<void> {
  const argv = ["systemctl", ...(isUser ? ["--user"] : []), "--quiet", "--no-block", "stop", slice];
  try { await Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] }).exited; } catch { /* no systemd: nothing was made by it */ }
}
