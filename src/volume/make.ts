import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isEngineError, within } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { withUndo, type Undo } from "../base/undo.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { isPluginDriver } from "./driver.ts";
import type { VolumePlugin } from "./plugin.ts";
import { checkLocalOptions, parseVolumeOptions, quotaOf, type VolumeOptions } from "./options.ts";

export interface VolumeMake {
  readonly name?: string;
  readonly driver?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** Owner of the directory that the first container does not change. */
  readonly uid?: number;
  readonly gid?: number;
  /** Owner of the directory until a container that uses it has another one. */
  readonly firstOwner?: { readonly uid: number; readonly gid: number };
  readonly anonymous?: boolean;
  /** The plugin has it already. */
  readonly isKnownToPlugin?: boolean;
}

/**
 * Makes a volume's directory, layer or plugin's volume, then its row; a kill between leaves an unused directory that the next
 * volume of that name takes over. When the name is there already, that one is given with `isNew: false`.
 * @throws invalid-argument for a wrong name or option, what the plugin says
 */
export async function makeVolume(context: EngineContext, make: VolumeMake): Promise<{ readonly record: VolumeRecord; readonly isNew: boolean }> {
  const name = make.name === undefined || make.name === "" ? newId() : make.name;
  checkVolumeName(name);
  const parsed = parseVolumeOptions(make.options ?? {});
  const existing = context.state().volumes.get(name);
  if (existing !== undefined) return { record: existing, isNew: false };
  using _lock = await context.lock("volume", name);
  const raced = context.state().volumes.get(name);
  if (raced !== undefined) return { record: raced, isNew: false };
  const record = await withUndo(async (undo) => {
    const made = await makeWithDriver(context, recordOf(context, name, make, parsed), make, parsed, undo);
    context.state().volumes.insert(made);
    return made;
  });
  await context.emit({ type: "volume", status: "create", name });
  return { record, isNew: true };
}

/** @throws invalid-argument with Podman's sentence */
function checkVolumeName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) throw new EngineError("invalid-argument", "running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument");
}

function recordOf(context: EngineContext, name: string, make: VolumeMake, { options, uid, gid, timeoutSeconds }: VolumeOptions): VolumeRecord {
  const driver = make.driver === undefined || make.driver === "" ? "local" : make.driver;
  const owner = { uid: make.uid ?? uid ?? make.firstOwner?.uid, gid: make.gid ?? gid ?? make.firstOwner?.gid };
  return {
    name, driver, mountpoint: isPluginDriver(context, driver) ? "" : join(context.config.paths.volumePath, name, "_data"), createdAt: new Date().toISOString(), labels: make.labels ?? {}, options,
    anonymous: make.anonymous ?? false, uid: owner.uid ?? process.getuid?.() ?? 0, gid: owner.gid ?? process.getgid?.() ?? 0,
    needsCopyUp: true, needsChown: [make.uid, make.gid, uid, gid].every((id) => id === undefined), mountCount: 0, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

async function makeWithDriver(context: EngineContext, record: VolumeRecord, make: VolumeMake, parsed: VolumeOptions, undo: Undo): Promise<VolumeRecord> {
  const { driver, name } = record;
  if (isPluginDriver(context, driver)) {
    const { openPlugin } = await import("./plugin.ts");
    const plugin = await openPlugin(context, driver, record.timeoutSeconds).catch((error: unknown) => { throw within(`volume ${name} uses volume plugin ${driver} but it could not be retrieved`, error); });
    if (make.isKnownToPlugin !== true) await createInPlugin(plugin, record);
    return record;
  }
  if (driver === "local") checkLocalOptions(record.options);
  const storageId = driver === "image" ? await makeImageLayer(context, record, undo) : undefined;
  const isThere = existsSync(dirname(record.mountpoint));
  undo(() => { if (!isThere) removeVolumeFiles(record); });
  await makeDirectory(context, record, quotaOf(parsed));
  return storageId === undefined ? record : { ...record, storageId };
}

/** One that the plugin has already is taken as it is. */
async function createInPlugin(plugin: VolumePlugin, { name, options }: VolumeRecord): Promise<void> {
  const existing = await plugin.get(name).catch((error: unknown) => { if (isEngineError(error, "failed-precondition")) return undefined; throw error; });
  if (existing !== undefined) return;
  try { await plugin.create(name, options); } catch (error) { throw within(`creating volume ${JSON.stringify(name)} in plugin ${plugin.name}`, error); }
}

/** A writable layer over the image, as a container has one. */
async function makeImageLayer(context: EngineContext, { name, options }: VolumeRecord, undo: Undo): Promise<string> {
  const bad = Object.keys(options).find((key) => key.toLowerCase() !== "image");
  if (bad !== undefined) throw new EngineError("invalid-argument", `invalid mount option ${bad} for driver 'image': invalid argument`);
  const ref = Object.values(options)[0] ?? "";
  if (ref === "") throw new EngineError("invalid-argument", "must provide an image name when creating a volume with the image driver: invalid argument");
  const { lookupImage } = await import("../image/lookup.ts");
  const found = await lookupImage(context, ref).catch((error: unknown) => { throw within(`looking up image ${ref} to create volume failed`, error); });
  const store = await context.store();
  const id = newId();
  undo(async () => store.removeContainer(id));
  // Containers cannot have a name with a plus sign.
  await store.createContainer({ id, name: `${name}+volume`, imageId: found.image.id, metadata: JSON.stringify({ "image-name": found.name, "image-id": found.image.id, name: `${name}+volume`, "created-at": Math.floor(Date.now() / 1000) }) });
  return id;
}

async function makeDirectory(context: EngineContext, { mountpoint, uid, gid }: VolumeRecord, quota: ReturnType<typeof quotaOf>): Promise<void> {
  const root = dirname(mountpoint);
  mkdirSync(root, { recursive: true, mode: 0o755 });
  // Before there is anything in it: what is there keeps its project.
  if (quota !== undefined) (await import("./quota.ts")).limitDirectory(context.config.paths.volumePath, root, quota);
  mkdirSync(mountpoint, { recursive: true, mode: 0o755 });
  // The caller's umask must not close it.
  for (const directory of [mountpoint, root]) chmodSync(directory, 0o755);
  if (uid !== process.getuid?.() || gid !== process.getgid?.()) for (const directory of [root, mountpoint]) chownSync(directory, uid, gid);
}

/** Idempotent. */
export function removeVolumeFiles({ mountpoint }: VolumeRecord): void {
  if (mountpoint === "") return;
  const directory = dirname(mountpoint);
  if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
}
