/** Files and devices. */
import { resolve } from "node:path";
import { parsePairs } from "../../formats/create/pairs.ts";
import { checkDeviceRule, parseDevice } from "../../formats/create/resources.ts";
import { parseSize } from "../../formats/create/size.ts";
import { parseMount, parseTmpfs, parseVolume, type ParsedMount } from "../../formats/create/volume.ts";
import type { StorageCreate } from "../../contract/types/container-create.ts";
import { dropUndefined, usage, type CreateFlags } from "./index.ts";

export function storagePart(flags: CreateFlags): StorageCreate | undefined {
  const mounts = [...(flags.mount ?? []).map(parseMount), ...(flags.volume ?? []).map(parseVolume), ...(flags.tmpfs ?? []).map(parseTmpfs)].map(absolute);
  refuseDuplicates(mounts);
  const devices = (flags.device ?? []).map(parseDevice);
  const options = flags.storageOpt ?? [];
  const part = dropUndefined<StorageCreate>({
    mounts: mounts.length === 0 ? undefined : mounts, volumesFrom: flags.volumesFrom,
    devices: devices.length === 0 ? undefined : devices, gpus: flags.gpus,
    deviceCgroupRules: flags.deviceCgroupRule?.map(checkDeviceRule),
    shmSizeBytes: flags.shmSize === undefined ? undefined : size("--shm-size", flags.shmSize),
    shmSizeSystemdBytes: flags.shmSizeSystemd === undefined ? undefined : size("--shm-size-systemd", flags.shmSizeSystemd),
    storageOptions: options.length === 0 ? undefined : parsePairs(options, () => "storage-opt must be formatted KEY=VALUE"),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

/** What the image's volumes become; `bind` is Docker's word for the default. @throws invalid-argument */
export function imageVolumeMode(text: string | undefined): "anonymous" | "tmpfs" | "ignore" | undefined {
  if (text === undefined) return undefined;
  const mode = text.toLowerCase();
  if (mode === "anonymous" || mode === "tmpfs" || mode === "ignore") return mode;
  if (mode === "bind" || mode === "") return "anonymous";
  throw usage(`invalid image volume mode ${JSON.stringify(text)} required value: anonymous, tmpfs, ignore`);
}

/** The engine's working directory is not the user's. */
function absolute(mount: ParsedMount): ParsedMount {
  const isPath = mount.type === "bind" || mount.type === "overlay" || mount.type === "glob";
  return isPath && mount.source !== undefined ? { ...mount, source: resolve(mount.source) } : mount;
}

function refuseDuplicates(mounts: readonly ParsedMount[]): void {
  const seen = new Map<string, ParsedMount>();
  for (const mount of mounts) {
    const other = seen.get(mount.destination);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(mount)) throw usage(`${mount.destination}: duplicate mount destination`);
    seen.set(mount.destination, mount);
  }
}

function size(flag: string, text: string): number {
  try { return parseSize(text); } catch (error) { throw usage(`unable to translate ${flag}: ${error instanceof Error ? error.message : String(error)}`); }
}
