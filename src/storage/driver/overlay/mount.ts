/** Mounting one layer: lower links resolved, id mapping applied, kernel or mount program. */
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isErrno, within } from "../../../base/errors.ts";
import { unmount, umountFlags } from "../../../sys/mount.ts";
import type { MountLayer } from "../types.ts";
import { features, type FeatureHost } from "./features.ts";
import type { OverlayHome } from "./home.ts";
import { withMappedLowers } from "./id-map.ts";
import { mountOverlay, type OverlayMount } from "./kernel-mount.ts";
import { mountByProgram, unmountByProgram } from "./mount-program.ts";
import { rotatedContents } from "./rotate.ts";

/** How this driver mounts; found out once per process. */
export interface MountWay {
  readonly host: FeatureHost;
  readonly program: string | undefined;
  readonly forceMask: number | undefined;
}

/** `target`: `merged`, or a place of the caller's. @throws EngineError naming the layer */
export async function mountLayer(layers: OverlayHome, way: MountWay, id: string, request: MountLayer, target = layers.merged(id)): Promise<string> {
  try {
    // A mount program shows its own idea of owners, and keeps the container's on disk.
    const [rootUid, rootGid] = way.program === undefined ? rootOwner(request) : [0, 0];
    makeMerged(target, rootUid, rootGid);
    const plan = planMount(layers, way, id, request, target);
    if (plan.upper !== undefined) prepareUpper(plan.upper.directory, plan.upper.work, rootUid, rootGid);
    const mappings = request.mappings !== undefined && request.mappings.uidMaps.length > 0 ? request.mappings : undefined;
    if (way.program !== undefined) await mountByProgram(way.program, layers.home, plan, mappings, way.forceMask);
    else if (mappings !== undefined) await withMappedLowers(join(layers.directory(id), "mapped"), plan.lowers, mappings, (lowers) => { mountOverlay({ ...plan, lowers }); });
    else mountOverlay(plan);
    return target;
  } catch (error) {
    throw within(`mount layer "${id}"`, error);
  }
}

function planMount(layers: OverlayHome, way: MountWay, id: string, request: MountLayer, target: string): OverlayMount {
  const directory = layers.directory(id);
  const readOnly = request.readOnly || layers.isForeign(id);
  const content = join(directory, "diff");
  const below = [...rotatedContents(directory), ...layers.lowerLinks(id).flatMap((link) => [link, ...layers.rotatedBehind(link)])];
  const own = readOnly ? [content, ...below] : below;
  // The kernel wants a lower directory, and two of them without an upper one.
  const lowers = below.length > 0 ? own : [...own, emptyLower(directory)];
  return {
    target, lowers, options: mountWords(way, request, readOnly),
    ...(readOnly ? {} : { upper: { directory: content, work: join(directory, "work") } }),
    ...(request.label === undefined ? {} : { label: request.label }),
  };
}

function emptyLower(directory: string): string {
  const path = join(directory, "empty");
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
  return path;
}

function mountWords(way: MountWay, request: MountLayer, readOnly: boolean): readonly string[] {
  const words = new Set(request.options !== undefined && request.options.length > 0 ? request.options : way.host.mountOptions);
  const wantsMetacopy = way.host.mountOptions.includes("metacopy=on");
  if (wantsMetacopy || words.has("metacopy=on")) {
    if (way.program === undefined && features.metacopy(way.host)) words.add("metacopy=on"); else words.delete("metacopy=on");
  }
  words.delete("ro");
  if (way.program === undefined && way.host.rootless) words.add("userxattr");
  if (request.volatile === true && !readOnly && (way.program !== undefined || features.volatile(way.host))) words.add("volatile");
  return [...words];
}

/** The container's root in host ids. */
function rootOwner({ mappings }: MountLayer): readonly [number, number] {
  const hostOf = (maps: readonly { readonly containerId: number; readonly hostId: number }[] | undefined): number => maps?.find(({ containerId }) => containerId === 0)?.hostId ?? 0;
  return [hostOf(mappings?.uidMaps), hostOf(mappings?.gidMaps)];
}

function makeMerged(target: string, uid: number, gid: number): void {
  try { mkdirSync(target, { mode: 0o700 }); } catch (error) {
    if (isErrno(error, "EEXIST")) return;
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(target, { recursive: true, mode: 0o700 });
  }
  if (uid !== 0 || gid !== 0) chownSync(target, uid, gid);
}

function prepareUpper(content: string, work: string, uid: number, gid: number): void {
  if (!existsSync(content)) throw new EngineError("data-loss", `directory "${content}" is missing`);
  // The top directory belongs to the container's root, or it could not write there.
  const owner = uid === 0 && gid === 0 ? undefined : statSync(content);
  if (owner !== undefined && (owner.uid !== uid || owner.gid !== gid)) chownSync(content, uid, gid);
  // The kernel refuses an upper directory that was mounted `volatile` before; losing unsynced data is what volatile means.
  rmSync(join(work, "work", "incompat", "volatile"), { recursive: true, force: true });
}

/** Detaches the layer's mount. Harmless when nothing is mounted. */
export async function unmountLayer(layers: OverlayHome, way: Pick<MountWay, "program">, id: string): Promise<void> {
  const target = layers.merged(id);
  try {
    if (way.program !== undefined) await unmountByProgram(target);
    else unmount(target, umountFlags.detach | umountFlags.nofollow);
  } catch (error) {
    if (!isErrno(error, "EINVAL", "ENOENT")) throw within(`unmount layer "${id}"`, error);
  }
  if (layers.isForeign(id)) removeRunFolder(target); else renewTarget(target);
}

/** A new directory under the old name: copies of the mount in other mount namespaces lose their mount point and let go. */
function renewTarget(target: string): void {
  const fresh = `${target}.1`;
  try {
    const { uid, gid } = statSync(target);
    try { mkdirSync(fresh, { mode: 0o700 }); } catch (error) { if (!isErrno(error, "EEXIST")) throw error; }
    if (uid !== 0 || gid !== 0) chownSync(fresh, uid, gid);
    renameSync(fresh, target);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function removeRunFolder(target: string): void {
  try {
    rmdirSync(target);
    rmdirSync(dirname(target));
  } catch (error) { if (!isErrno(error, "ENOENT", "ENOTEMPTY", "EBUSY")) throw error; }
}
