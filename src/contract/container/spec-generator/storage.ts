/** SpecGenerator ↔ ContainerCreate: mounts and devices. Pure. */
import type { DeviceCreate, MountCreate, StorageCreate } from "../../types/container-create.ts";
import { isCdiName } from "../../../formats/cdi/name.ts";
import { count, list, map, part, some } from "./absent.ts";
import type { SpecGenerator, WireDeviceRule, WireMount } from "./types.ts";

export function storageFromWire(wire: SpecGenerator): StorageCreate | undefined {
  const mounts = [
    ...(wire.mounts ?? []).map((mount) => mountFromWire(mount, (mount.type === undefined || mount.type === "" ? "bind" : mount.type) as MountCreate["type"])),
    ...(wire.volumes ?? []).map(({ Name, Dest, Options, SubPath }): MountCreate => ({ type: "volume", destination: Dest, options: Options ?? [], ...(Name !== undefined && Name !== "" && { source: Name }), ...(SubPath !== undefined && SubPath !== "" && { subpath: SubPath }) })),
    ...(wire.overlay_volumes ?? []).map((mount) => mountFromWire(mount, "overlay")),
    ...(wire.image_volumes ?? []).map(({ Source, Destination, ReadWrite, subPath }): MountCreate => ({ type: "image", source: Source, destination: Destination, options: ReadWrite === true ? ["rw"] : [], ...(subPath !== undefined && subPath !== "" && { subpath: subPath }) })),
    ...(wire.artifact_volumes ?? []).map(({ source, destination, ...options }): MountCreate => ({ type: "artifact", source, destination, options: Object.entries(options).flatMap(([name, value]) => (value === "" ? [] : [`${name}=${value}`])) })),
  ];
  return part<StorageCreate>({
    mounts: list(mounts), volumesFrom: list(wire.volumes_from), devices: list(wire.devices)?.map(({ path }) => deviceFromText(path)), gpus: list(wire.gpus),
    deviceCgroupRules: list(wire.device_cgroup_rule)?.map(ruleToText), hostDevices: list(wire.host_device_list)?.map(({ path }) => path),
    shmSizeBytes: some(wire.shm_size), shmSizeSystemdBytes: count(wire.shm_size_systemd), storageOptions: map(wire.storage_opts),
  });
}
const mountFromWire = ({ destination, source, options }: WireMount, type: MountCreate["type"]): MountCreate => ({ type, destination, options: options ?? [], ...(source !== undefined && source !== "" && { source }) });

/** Podman's clients put the words of --device into the path: `host[:container][:rwm]`. */
function deviceFromText(text: string): DeviceCreate {
  if (isCdiName(text)) return { hostPath: text };
  const [hostPath = "", second, third] = text.split(":");
  if (second === undefined) return { hostPath };
  if (third === undefined && /^[rwm]{1,3}$/.test(second)) return { hostPath, permissions: second };
  return { hostPath, containerPath: second, ...(third !== undefined && { permissions: third }) };
}
const deviceToText = ({ hostPath, containerPath, permissions }: DeviceCreate): string => [hostPath, containerPath, permissions].filter((word) => word !== undefined).join(":");

/** Absent or -1: every number. */
const number = (value: number | null | undefined): string => (value === undefined || value === null || value === -1 ? "*" : String(value));
const ruleToText = ({ type, major, minor, access }: WireDeviceRule): string => `${type ?? "a"} ${number(major)}:${number(minor)} ${access ?? "rwm"}`;
function ruleFromText(text: string): WireDeviceRule {
  const [, type = "a", major = "*", minor = "*", access = "rwm"] = /^(\w) ([\d*]+):([\d*]+) (\w+)$/.exec(text) ?? [];
  return { allow: true, type, major: major === "*" ? -1 : Number(major), minor: minor === "*" ? -1 : Number(minor), access };
}

export function storageToWire(storage: StorageCreate = {}): SpecGenerator {
  const of = (...types: readonly MountCreate["type"][]): readonly MountCreate[] => (storage.mounts ?? []).filter(({ type }) => types.includes(type));
  return part<SpecGenerator>({
    mounts: list(of("bind", "tmpfs", "devpts", "ramfs", "glob").map(({ type, destination, source, options }) => ({ destination, type, source: source ?? type, options: options ?? [] }))),
    volumes: list(of("volume").map(({ source, destination, options, subpath }) => ({ Name: source ?? "", Dest: destination, Options: options ?? [], IsAnonymous: source === undefined || source === "", SubPath: subpath ?? "" }))),
    overlay_volumes: list(of("overlay").map(({ destination, source, options }) => ({ destination, source: source ?? "", options: options ?? [] }))),
    image_volumes: list(of("image").map(({ source, destination, options, subpath }) => ({ Source: source ?? "", Destination: destination, ReadWrite: options?.includes("rw") === true, ...(subpath !== undefined && { subPath: subpath }) }))),
    artifact_volumes: list(of("artifact").map(({ source, destination, options }) => ({ source: source ?? "", destination, ...Object.fromEntries((options ?? []).map((option) => option.split("=", 2))) }))),
    volumes_from: storage.volumesFrom, devices: storage.devices?.map((device) => ({ path: deviceToText(device), type: "", major: 0, minor: 0 })), gpus: storage.gpus,
    device_cgroup_rule: storage.deviceCgroupRules?.map(ruleFromText), host_device_list: storage.hostDevices?.map((path) => ({ path, type: "", major: 0, minor: 0 })),
    shm_size: storage.shmSizeBytes, shm_size_systemd: storage.shmSizeSystemdBytes, storage_opts: storage.storageOptions,
  }) ?? {};
}
