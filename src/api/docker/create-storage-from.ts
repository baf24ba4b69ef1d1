/** Docker's create body → the mounts and devices of a ContainerCreate. Pure. */
import { EngineError } from "../../base/errors.ts";
import type { DeviceCreate, MountCreate, StorageCreate } from "../../contract/types/container-create.ts";
import { parseTmpfs, parseVolume } from "../../formats/create/volume.ts";
import { filled, list, present, some } from "./given.ts";
import { isCdiName } from "../../formats/cdi/name.ts";
import type { DockerCreate, DockerDeviceRequest, DockerMount } from "./types.ts";

/** @throws invalid-argument */
export function storageFromDocker(wire: DockerCreate): StorageCreate | undefined {
  const host = wire.HostConfig ?? {};
  const named = [...(host.Binds ?? []).map(parseVolume), ...(host.Mounts ?? []).map(mountOf)];
  const taken = new Set(named.map(({ destination }) => destination));
  // Clients name the same place here and in Binds or Mounts; the others win.
  const anonymous = Object.keys(wire.Volumes ?? {}).map(parseVolume).filter(({ destination }) => !taken.has(destination));
  const tmpfs = Object.entries(host.Tmpfs ?? {}).map(([path, options]) => parseTmpfs(options === "" ? path : `${path}:${options}`));
  const devices = (host.Devices ?? []).map(deviceOf);
  const requests = host.DeviceRequests ?? [];
  const cdi = requests.filter(({ Driver }) => Driver === "cdi").flatMap(({ DeviceIDs }) => (DeviceIDs ?? []).map((hostPath) => ({ hostPath })));
  const gpus = requests.filter(({ Driver }) => Driver !== "cdi").flatMap(gpusOf);
  const part = present<StorageCreate>({
    mounts: list([...named, ...anonymous, ...tmpfs]), volumesFrom: list(host.VolumesFrom), devices: list([...devices, ...cdi]), gpus: list(gpus), deviceCgroupRules: list(host.DeviceCgroupRules),
    shmSizeBytes: host.ShmSize === undefined || host.ShmSize <= 0 ? undefined : host.ShmSize, storageOptions: some(host.StorageOpt),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

/** Compose writes a CDI device's name into both paths. */
function deviceOf({ PathOnHost, PathInContainer, CgroupPermissions }: { readonly PathOnHost: string; readonly PathInContainer?: string; readonly CgroupPermissions?: string }): DeviceCreate {
  if (isCdiName(PathOnHost)) return { hostPath: PathOnHost };
  return { hostPath: PathOnHost, ...(filled(PathInContainer) !== undefined && { containerPath: PathInContainer ?? "" }), ...(filled(CgroupPermissions) !== undefined && { permissions: CgroupPermissions ?? "" }) };
}

/** `--gpus`: by id, the first so many, or all (-1). */
function gpusOf({ Driver = "", Count = 0, DeviceIDs, Capabilities }: DockerDeviceRequest): readonly string[] {
  if (!(Capabilities ?? []).some((all) => all.includes("gpu"))) throw new EngineError("invalid-argument", `could not select device driver ${JSON.stringify(Driver)} with capabilities: ${JSON.stringify(Capabilities ?? [])}`);
  if ((DeviceIDs ?? []).length > 0) return DeviceIDs ?? [];
  return Count === -1 ? ["all"] : Array.from({ length: Math.min(Count, maxGpus) }, (_, index) => String(index));
}
/** More than any machine has. */
const maxGpus = 256;

function mountOf(wire: DockerMount): MountCreate {
  const type = wire.Type ?? "volume";
  if (type !== "bind" && type !== "volume" && type !== "tmpfs" && type !== "image") throw new EngineError("invalid-argument", `invalid filesystem type "${type}"`);
  if (filled(wire.Target) === undefined) throw new EngineError("invalid-argument", "must set volume destination");
  const options = [
    ...(wire.ReadOnly === true ? ["ro"] : []),
    ...(wire.BindOptions?.NonRecursive === true ? ["bind"] : []), ...(filled(wire.BindOptions?.Propagation) === undefined ? [] : [wire.BindOptions?.Propagation ?? ""]),
    ...(wire.VolumeOptions?.NoCopy === true ? ["nocopy"] : []),
    ...Object.entries(wire.VolumeOptions?.DriverConfig?.Options ?? {}).map(([key, value]) => `volume-opt=${key}=${value}`),
    ...((wire.TmpfsOptions?.SizeBytes ?? 0) > 0 ? [`size=${wire.TmpfsOptions?.SizeBytes}`] : []), ...((wire.TmpfsOptions?.Mode ?? 0) > 0 ? [`mode=${(wire.TmpfsOptions?.Mode ?? 0).toString(8)}`] : []),
  ];
  const source = type === "tmpfs" ? "tmpfs" : filled(wire.Source);
  return { type, destination: wire.Target ?? "", options, ...(source !== undefined && { source }), ...(filled(wire.VolumeOptions?.Subpath) !== undefined && { subpath: wire.VolumeOptions?.Subpath ?? "" }) };
}
