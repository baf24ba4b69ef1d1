/** The cgroup that the containers of a pod share (podman-pod-create(1), --share-parent and --cgroup-parent). */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { quietEnvironment } from "../base/environment.ts";
import { EngineError, within } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { filesOfV1, filesOfV2, sliceProperties } from "../runtime/cgroup-limits.ts";
import { resourcesOf } from "../runtime/spec/resources.ts";
import { waitForProcess } from "../sys/index.ts";
import type { PodRecord } from "../state/pod-record.ts";

const root = "/sys/fs/cgroup";
const isUnified = (): boolean => existsSync(join(root, "cgroup.controllers"));

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

/**
 * Sets the pod's limits. Its cgroup goes when nothing runs in it, so this precedes every start. Idempotent; does nothing for a pod
 * without limits, whose cgroup the runtime makes.
 * @throws invalid-argument for impossible limits, failed-precondition when the machine cannot set one
 */
export async function limitCgroup({ config }: EngineContext, { create, cgroupManager, cgroupPath }: PodRecord): Promise<void> {
  if (create.resources === undefined || cgroupPath === undefined) return;
  const resources = resourcesOf(create.resources, 0, isUnified() ? 2 : 1);
  if (cgroupManager === "systemd") return setSlice(sliceOf(cgroupPath), sliceProperties(resources), config.rootless);
  for (const { controller, file, value } of isUnified() ? filesOfV2(resources) : filesOfV1(resources)) {
    const directory = join(root, isUnified() ? "" : controller, cgroupPath);
    try {
      make(directory, controller);
      writeFileSync(join(directory, file), value);
    } catch (error) { throw within(`set the pod's limit ${file}`, error); }
  }
}

/** v2 gives a controller to children only where their parent says so; v1's cpusets begin empty. */
function make(directory: string, controller: string): void {
  const above = dirname(directory);
  if (above !== root && above.length > root.length) make(above, controller);
  mkdirSync(directory, { recursive: true });
  if (isUnified()) { writeFileSync(join(above, "cgroup.subtree_control"), `+${controller}`); return; }
  if (controller !== "cpuset") return;
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if (readFileSync(join(directory, file), "utf8").trim() === "") writeFileSync(join(directory, file), readFileSync(join(above, file), "utf8").trim());
  }
}

const sliceOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The slice is made by being started. @throws failed-precondition */
async function setSlice(slice: string, properties: readonly string[], isUser: boolean): Promise<void> {
  if (properties.length === 0) return;
  for (const words of [["start", slice], ["set-property", "--runtime", slice, ...properties]]) {
    if (await systemctl(words, isUser) !== 0) throw new EngineError("failed-precondition", `set the limits of ${slice}: systemctl ${words.join(" ")} failed`, { hint: "use --cgroup-manager cgroupfs where systemd does not run" });
  }
}

async function systemctl(words: readonly string[], isUser: boolean): Promise<number> {
  try { return await Bun.spawn(["systemctl", ...(isUser ? ["--user"] : []), "--quiet", ...words], { stdio: ["ignore", "ignore", "ignore"], env: quietEnvironment() }).exited; } catch { return -1; }
}

/** After its last container. Idempotent; what is not empty stays. */
export async function removeCgroup({ config }: EngineContext, { cgroupManager, cgroupPath }: PodRecord): Promise<void> {
  if (cgroupPath === undefined) return;
  // Where no systemd runs, nothing was made by it.
  if (cgroupManager === "systemd") { await systemctl(["stop", sliceOf(cgroupPath)], config.rootless); return; }
  for (const hierarchy of isUnified() ? [root] : readdirSync(root).map((name) => join(root, name))) {
    const monitors = join(hierarchy, cgroupPath, "conmon");
    await emptied(monitors);
    for (const path of [monitors, join(hierarchy, cgroupPath)]) {
      try { rmdirSync(path); } catch { /* not there, or still in use by what is being ended */ }
    }
  }
}

/** Monitors end a moment after their containers, with the clean-up that they start. */
const maxMonitorMs = 5000;
async function emptied(directory: string): Promise<void> {
  const limit = AbortSignal.timeout(maxMonitorMs);
  for (let pids = processesIn(directory); pids.length > 0 && !limit.aborted; pids = processesIn(directory)) {
    for (const pid of pids) {
      try { await waitForProcess(pid, limit); } catch { return; }
    }
  }
}

function processesIn(directory: string): readonly number[] {
  try { return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter((line) => line !== "").map(Number); } catch { return []; }
}
