/** Docker's create body → the mounts and devices of a ContainerCreate. Pure. */
import { EngineError } from "../../base/errors.ts";
import type { MountCreate, StorageCreate } from "../../contract/types/container-create.ts";
import { parseTmpfs, parseVolume } from "../../formats/create/volume.ts";
import { filled, list, present, some } from "./given.ts";
import type { DockerCreate, DockerMount } from "./types.ts";

/** @throws invalid-argument */
export function storageFromDocker(wire: DockerCreate): StorageCreate | undefined {
  const host = wire.HostConfig ?? {};
  const named = [...(host.Binds ?? []).map(parseVolume), ...(host.Mounts ?? []).map(mountOf)];
  const taken = new Set(named.map(({ destination }) => destination));
  // Clients name the same place here and in Binds or Mounts; the others win.
  const anonymous = Object.keys(wire.Volumes ?? {}).map(parseVolume).filter(({ destination }) => !taken.has(destination));
  const tmpfs = Object.entries(host.Tmpfs ?? {}).map(([path, options]) => parseTmpfs(options === "" ? path : `${path}:${options}`));
  const devices = (host.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) => ({
    hostPath: PathOnHost, ...(filled(PathInContainer) !== undefined && { containerPath: PathInContainer ?? "" }), ...(filled(CgroupPermissions) !== undefined && { permissions: CgroupPermissions ?? "" }),
  }));
  const cdi = (host.DeviceRequests ?? []).filter(({ Driver }) => Driver === "cdi").flatMap(({ DeviceIDs }) => (DeviceIDs ?? []).map((hostPath) => ({ hostPath })));
  const part = present<StorageCreate>({
    mounts: list([...named, ...anonymous, ...tmpfs]), volumesFrom: list(host.VolumesFrom), devices: list([...devices, ...cdi]), deviceCgroupRules: list(host.DeviceCgroupRules),
    shmSizeBytes: host.ShmSize === undefined || host.ShmSize <= 0 ? undefined : host.ShmSize, storageOptions: some(host.StorageOpt),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

function mountOf(wire: DockerMount): MountCreate {
  const type = wire.Type ?? "volume";
  if (type !== "bind" && type !== "volume" && type !== "tmpfs" && type !== "image") throw new EngineError("invalid-argument", `invalid filesystem type "${type}"`);
  if (filled(wire.Target) === undefined) throw new EngineError("invalid-argument", "must set volume destination");
  const options = [
    ...(wire.ReadOnly === true ? ["ro"] : []),
    ...(wire.BindOptions?.NonRecursive === true ? ["bind"] : []), ...(filled(wire.BindOptions?.Propagation) === undefined ? [] : [wire.BindOptions?.Propagation ?? ""]),
    ...(wire.VolumeOptions?.NoCopy === true ? ["nocopy"] : []),
    ...((wire.TmpfsOptions?.SizeBytes ?? 0) > 0 ? [`size=${wire.TmpfsOptions?.SizeBytes}`] : []), ...((wire.TmpfsOptions?.Mode ?? 0) > 0 ? [`mode=${(wire.TmpfsOptions?.Mode ?? 0).toString(8)}`] : []),
  ];
  const source = type === "tmpfs" ? "tmpfs" : filled(wire.Source);
  return { type, destination: wire.Target ?? "", options, ...(source !== undefined && { source }), ...(filled(wire.VolumeOptions?.Subpath) !== undefined && { subpath: wire.VolumeOptions?.Subpath ?? "" }) };
}
