import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { EngineContext } from "../engine/context.ts";
import type { VolumeRecord } from "../state/volume-record.ts";
import { parseVolumeOptions } from "./options.ts";

export interface VolumeMake {
  readonly name?: string;
  readonly driver?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
}

/**
 * Makes a volume's directory, then its row; a kill between leaves an unused directory that the next volume of that name takes
 * over. When the name is there already, that one is given with `isNew: false`.
 * @throws invalid-argument for a wrong name or option
 */
export async function makeVolume(context: EngineContext, make: VolumeMake): Promise<{ readonly record: VolumeRecord; readonly isNew: boolean }> {
  const name = make.name === undefined || make.name === "" ? newId() : make.name;
  checkVolumeName(name);
  const driver = make.driver === undefined || make.driver === "" ? "local" : make.driver;
  if (driver !== "local") throw new EngineError("not-implemented", `volume driver "${driver}" is not supported yet: only local volumes are`);
  const { options, uid, gid } = parseVolumeOptions(make.options ?? {});
  const mountpoint = join(context.config.paths.volumePath, name, "_data");
  const existing = context.state().volumes.get(name);
  if (existing !== undefined) return { record: existing, isNew: false };
  using _lock = await context.lock("volume", name);
  makeDirectory(mountpoint, uid, gid);
  const record: VolumeRecord = {
    name, driver, mountpoint, createdAt: new Date().toISOString(), labels: make.labels ?? {}, options, anonymous: make.anonymous ?? false,
    uid, gid, needsCopyUp: !("nocopy" in options), needsChown: true, mountCount: 0,
  };
  if (!context.state().volumes.insert(record)) return { record: context.state().volumes.resolve(name), isNew: false };
  await context.emit({ type: "volume", status: "create", name });
  return { record, isNew: true };
}

/** @throws invalid-argument with Podman's sentence */
function checkVolumeName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) throw new EngineError("invalid-argument", "running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument");
}

function makeDirectory(mountpoint: string, uid: number, gid: number): void {
  mkdirSync(mountpoint, { recursive: true, mode: 0o755 });
  // The caller's umask must not close it.
  for (const directory of [mountpoint, dirname(mountpoint)]) chmodSync(directory, 0o755);
  if (uid !== process.getuid?.() || gid !== process.getgid?.()) chownSync(mountpoint, uid, gid);
}

/** Idempotent. */
export function removeVolumeFiles({ mountpoint }: VolumeRecord): void {
  const directory = dirname(mountpoint);
  if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
}
