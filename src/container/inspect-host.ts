/** `HostConfig` of inspect. */
import type { DeviceRate, IdMap, NamespaceMode } from "../contract/types/container-create.ts";
import type { InspectHostConfig, InspectRate } from "../contract/types/container-inspect.ts";
import type { EngineContext } from "../engine/context.ts";
import { isCdiName } from "../formats/cdi/name.ts";
import { portBindings } from "./inspect-network.ts";
import type { ShownMounts } from "./inspect-mounts.ts";
import type { ShownSpec } from "./inspect-spec.ts";
import type { ContainerRecord } from "./record.ts";
import { capabilityNames } from "../runtime/spec/capability-names.ts";

const isTrue = (spec: ShownSpec, name: string): boolean => spec.annotations?.[`io.podman.annotations.${name}`] === "TRUE";

export function inspectHostConfig(context: EngineContext, record: ContainerRecord, spec: ShownSpec, mounts: ShownMounts): InspectHostConfig {
  const { config } = record;
  const { create } = config;
  const network = create.network ?? {};
  const privileged = create.security?.privileged ?? context.config.containers.privileged;
  return {
    Binds: mounts.binds, CgroupManager: config.cgroupManager, CgroupMode: namespaceMode(spec, "cgroup", create.namespaces?.cgroup), ContainerIDFile: spec.annotations?.["io.podman.annotations.cid-file"] ?? "",
    LogConfig: logConfig(context, record), NetworkMode: networkMode(record), PortBindings: portBindings(config.network.ports),
    RestartPolicy: { Name: create.restart?.policy ?? "no", MaximumRetryCount: create.restart?.maxRetries ?? 0 },
    AutoRemove: create.remove ?? false, AutoRemoveImage: create.removeImage ?? false, Annotations: Object.keys(spec.annotations ?? {}).length === 0 ? null : spec.annotations ?? null, VolumeDriver: "",
    VolumesFrom: (create.storage?.volumesFrom ?? []).length === 0 ? null : create.storage?.volumesFrom ?? null,
    ...capabilityChanges(context, spec, privileged),
    Dns: network.dnsServers ?? [], DnsOptions: network.dnsOptions ?? [], DnsSearch: network.dnsSearch ?? [], ExtraHosts: network.addHosts ?? [], HostsFile: network.baseHostsFile ?? "",
    GroupAdd: (create.groupAdd ?? []).filter((group) => group !== "keep-groups"), IpcMode: ipcMode(context, record, spec), Cgroup: "", Cgroups: create.resources?.cgroups === "disabled" ? "disabled" : "default", Links: null,
    OomScoreAdj: spec.process.oomScoreAdj ?? 0, PidMode: namespaceMode(spec, "pid", create.namespaces?.pid), Privileged: privileged, PublishAllPorts: network.publishAll ?? false,
    ReadonlyRootfs: spec.root.readonly ?? false, SecurityOpt: securityOptions(record, spec), Tmpfs: mounts.tmpfs,
    UTSMode: namespaceMode(spec, "uts", create.namespaces?.uts), UsernsMode: usernsMode(spec, create.namespaces?.user),
    ...(config.uidMaps.length === 0 ? {} : { IDMappings: { UidMap: config.uidMaps.map(mapText), GidMap: config.gidMaps.map(mapText) } }),
    ShmSize: create.storage?.shmSizeBytes ?? context.config.containers.shmSizeBytes, Runtime: "oci", ConsoleSize: [0, 0], Isolation: "",
    ...limits(record, spec),
    ...(create.resources?.rdtClass === undefined ? {} : { IntelRdtClosID: create.resources.rdtClass }),
    ...(isTrue(spec, "init") || create.init === true ? { Init: true } : {}),
  };
}

const mapText = ({ containerId, hostId, size }: IdMap): string => `${containerId}:${hostId}:${size}`;

function logConfig(context: EngineContext, { config }: ContainerRecord): InspectHostConfig["LogConfig"] {
  const size = config.create.log?.maxSizeBytes ?? context.config.containers.logSizeMaxBytes;
  return { Type: config.logDriver, Config: null, Path: config.logPath, Tag: config.create.log?.tag ?? "", Size: humanSize(size) };
}

/** go-units' HumanSize: four digits, powers of 1000; -1 stands for no limit. */
function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${Number(value.toPrecision(4))}${units[unit] ?? "B"}`;
}

function networkMode({ config }: ContainerRecord): string {
  const { mode, value } = config.network;
  return value === undefined ? mode : `${mode}:${value}`;
}

/** From the specification; a joined container is named by its id. */
function namespaceMode(spec: ShownSpec, type: string, asked: NamespaceMode | undefined): string {
  if (asked?.mode === "container" && asked.value !== undefined) return `container:${asked.value}`;
  const namespace = spec.linux.namespaces.find((one) => one.type === type);
  if (namespace === undefined) return "host";
  return namespace.path === undefined || namespace.path === "" ? "private" : `ns:${namespace.path}`;
}

function usernsMode(spec: ShownSpec, asked: NamespaceMode | undefined): string {
  const mode = namespaceMode(spec, "user", asked);
  return mode === "host" ? "" : mode;
}

function ipcMode(context: EngineContext, { config }: ContainerRecord, spec: ShownSpec): string {
  const asked = config.create.namespaces?.ipc;
  const mode = namespaceMode(spec, "ipc", asked);
  return mode === "private" ? asked?.mode ?? context.config.containers.ipcns : mode;
}

/** What the container may and others may not, and the other way round. */
function capabilityChanges(context: EngineContext, spec: ShownSpec, privileged: boolean): { readonly CapAdd: readonly string[]; readonly CapDrop: readonly string[] } {
  const usual = privileged ? capabilityNames : context.config.containers.defaultCapabilities.map((name) => (name.startsWith("CAP_") ? name : `CAP_${name}`));
  const bounding = spec.process.capabilities?.bounding ?? [];
  return { CapAdd: bounding.filter((name) => !usual.includes(name)), CapDrop: usual.filter((name) => !bounding.includes(name)).toSorted() };
}

export function securityOptions({ config }: ContainerRecord, spec: ShownSpec): readonly string[] {
  const { selinux = [], seccomp, apparmor, unmask = [], privileged } = config.create.security ?? {};
  return [
    ...(spec.process.noNewPrivileges === true ? ["no-new-privileges"] : []),
    ...(selinux.length === 0 ? [] : [`label=${selinux.join(",label=")}`]),
    ...(seccomp === undefined || seccomp === "" ? [] : [`seccomp=${seccomp}`]),
    ...(apparmor === undefined || apparmor === "" ? [] : [`apparmor=${apparmor}`]),
    ...(privileged === true || unmask.includes("ALL") || unmask.includes("all") ? ["unmask=all"] : []),
  ];
}

type Limits = Pick<InspectHostConfig, "CpuShares" | "Memory" | "NanoCpus" | "CgroupParent" | "BlkioWeight" | "BlkioWeightDevice" | "BlkioDeviceReadBps" | "BlkioDeviceWriteBps" | "BlkioDeviceReadIOps" | "BlkioDeviceWriteIOps" | "CpuPeriod" | "CpuQuota" | "CpuRealtimePeriod" | "CpuRealtimeRuntime" | "CpusetCpus" | "CpusetMems" | "Devices" | "DiskQuota" | "KernelMemory" | "MemoryReservation" | "MemorySwap" | "MemorySwappiness" | "OomKillDisable" | "PidsLimit" | "Ulimits" | "CpuCount" | "CpuPercent" | "IOMaximumIOps" | "IOMaximumBandwidth" | "CgroupConf">;

function limits({ config }: ContainerRecord, { process, linux }: ShownSpec): Limits {
  const { resources: asked = {}, storage = {} } = config.create;
  const { cpu, memory, pids, unified } = linux.resources ?? {};
  const hasBlkio = linux.resources?.blockIO !== undefined;
  const rates = (list: readonly DeviceRate[] | undefined): readonly InspectRate[] | null => (hasBlkio ? (list ?? []).map(({ path, rate }) => ({ Path: path, Rate: rate })) : null);
  return {
    CpuShares: cpu?.shares ?? 0, Memory: memory?.limit ?? 0, NanoCpus: cpu?.period === 100_000 ? 10_000 * (cpu.quota ?? 0) : 0, CgroupParent: asked.cgroupParent ?? "",
    BlkioWeight: asked.blkioWeight ?? 0, BlkioWeightDevice: hasBlkio ? (asked.blkioWeightDevice ?? []).map(({ path, weight }) => ({ Path: path, Weight: weight })) : null,
    BlkioDeviceReadBps: rates(asked.deviceReadBps), BlkioDeviceWriteBps: rates(asked.deviceWriteBps), BlkioDeviceReadIOps: rates(asked.deviceReadIops), BlkioDeviceWriteIOps: rates(asked.deviceWriteIops),
    CpuPeriod: cpu?.period ?? 0, CpuQuota: cpu?.quota ?? 0, CpuRealtimePeriod: cpu?.realtimePeriod ?? 0, CpuRealtimeRuntime: cpu?.realtimeRuntime ?? 0, CpusetCpus: cpu?.cpus ?? "", CpusetMems: cpu?.mems ?? "",
    Devices: (storage.devices ?? []).filter(({ hostPath }) => !isCdiName(hostPath)).map(({ hostPath, containerPath }) => ({ PathOnHost: hostPath, PathInContainer: containerPath ?? hostPath, CgroupPermissions: "" })),
    DiskQuota: 0, KernelMemory: memory?.kernel ?? 0, MemoryReservation: memory?.reservation ?? 0, MemorySwap: memory?.swap ?? 0,
    MemorySwappiness: memory === undefined ? 0 : memory.swappiness ?? -1, OomKillDisable: memory?.disableOOMKiller ?? false, PidsLimit: pids?.limit ?? 0,
    Ulimits: (process.rlimits ?? []).map(({ type, soft, hard }) => ({ Name: type, Soft: toSigned(soft), Hard: toSigned(hard) })),
    CpuCount: 0, CpuPercent: 0, IOMaximumIOps: 0, IOMaximumBandwidth: 0, CgroupConf: unified ?? null,
  };
}

/** RLIM_INFINITY as Go's int64 shows it. */
const toSigned = (limit: number): number => (limit >= 2 ** 63 ? -1 : limit);
