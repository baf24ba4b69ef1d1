/** `config.dump`: a container as Podman's own `ContainerConfig` (libpod), in and out. Pure. */
import { join } from "node:path";
import type { ContainerCreate, MountCreate, NamespaceMode, NetworkAttach, NetworkCreate, PortPublish } from "../../contract/types/container-create.ts";
import { limitsFromWire, ulimitFromWire, type WireUlimit } from "../../contract/container/spec-generator/resources.ts";
import { part } from "../../contract/container/spec-generator/absent.ts";
import type { WireResources } from "../../contract/container/spec-generator/types.ts";
import { shortId } from "../../base/ids.ts";
import type { Spec, SpecMount } from "../../runtime/spec/types.ts";
import { recordVersion, type ContainerConfig, type ContainerRecord } from "../record.ts";
import { shmPathOf } from "../paths.ts";

/** The whole record of ours, beside what Podman reads: nothing is lost between two of us. */
const ownKey = "podmanTsConfig";

interface WireNetwork { readonly name?: string; readonly Name?: string; readonly static_ips?: readonly string[] | null; readonly static_mac?: string; readonly interface_name?: string; readonly aliases?: readonly string[] | null; readonly options?: Readonly<Record<string, string>> | null }
interface WirePort { readonly host_ip?: string; readonly container_port: number; readonly host_port?: number; readonly range?: number; readonly protocol?: string }
/** The part of Podman's that is read. */
export interface PodmanConfig {
  readonly id: string; readonly name: string; readonly pod?: string; readonly Dependencies?: readonly string[] | null; readonly rootfsImageID?: string; readonly rootfsImageName?: string; readonly rootfs?: string;
  readonly namedVolumes?: readonly { readonly volumeName: string; readonly dest: string; readonly options?: readonly string[] | null; readonly isAnonymous?: boolean; readonly SubPath?: string }[] | null;
  readonly shmSize?: number; readonly privileged?: boolean; readonly user?: string; readonly groups?: readonly string[] | null; readonly createNetNS?: boolean; readonly newPortMappings?: readonly WirePort[] | null;
  readonly newNetworks?: Readonly<Record<string, WireNetwork>> | null; readonly orderedNetworks?: readonly WireNetwork[] | null; readonly networkMode?: string;
  readonly dnsServer?: readonly string[] | null; readonly dnsSearch?: readonly string[] | null; readonly dnsOption?: readonly string[] | null; readonly hostsAdd?: readonly string[] | null; readonly UseImageHosts?: boolean; readonly UseImageResolvConf?: boolean;
  readonly entrypoint?: readonly string[] | null; readonly command?: readonly string[] | null; readonly stdin?: boolean; readonly labels?: Readonly<Record<string, string>> | null; readonly stopSignal?: number; readonly stopTimeout?: number;
  readonly timeout?: number; readonly cgroupManager?: string; readonly cgroupParent?: string; readonly cgroupsMode?: string; readonly logDriver?: string; readonly logSize?: number; readonly logTag?: string; readonly restart_policy?: string; readonly restart_retries?: number;
  readonly runtime?: string; readonly umask?: string; readonly timezone?: string; readonly CreateCommand?: readonly string[] | null; readonly readWriteTmpfs?: boolean; readonly cdiDevices?: readonly string[] | null;
  readonly [ownKey]?: ContainerConfig;
}

export function toPodmanConfig(record: ContainerRecord, spec: Spec): object {
  const { id, name, config } = record;
  const { create, network } = config;
  const ipc = create.namespaces?.ipc?.mode;
  const shm = spec.mounts.find(({ destination }) => destination === "/dev/shm")?.source === shmPathOf(record) ? shmPathOf(record) : undefined;
  const maps = (list: ContainerConfig["uidMaps"]): object[] | null => (list.length === 0 ? null : list.map(({ containerId, hostId, size }) => ({ container_id: containerId, host_id: hostId, size })));
  return defined({
    spec, id, name, lockID: 0, CreateCommand: create.createCommand, RawImageName: create.image, Dependencies: null,
    idMappingsOptions: { HostUIDMapping: config.uidMaps.length === 0, HostGIDMapping: config.gidMaps.length === 0, UIDMap: maps(config.uidMaps), GIDMap: maps(config.gidMaps), AutoUserNs: false },
    rootfsImageID: config.imageId, rootfsImageName: config.imageName, rootfs: create.rootfs?.path, rootfs_overlay: create.rootfs?.overlay,
    ShmDir: shm, NOShmShare: ipc === "private" ? true : undefined, NoShm: ipc === "none" ? true : undefined, shmSize: create.storage?.shmSizeBytes ?? 65_536_000, shmSizeSystemd: create.storage?.shmSizeSystemdBytes ?? 0,
    staticDir: config.staticDir, mounts: shm === undefined ? undefined : [shm], secretsPath: join(config.staticDir, "secrets"), storageOpts: create.storage?.storageOptions ?? null, createWorkingDir: true,
    namedVolumes: config.volumes.map((use) => defined({ volumeName: use.name, dest: use.destination, options: use.options, isAnonymous: use.anonymous ? true : undefined, SubPath: use.subpath })),
    passwd: create.passwd ?? true, chroot_directories: create.chrootDirs, privileged: create.security?.privileged === true, user: config.user === "" ? undefined : config.user, groups: create.groupAdd,
    createNetNS: ["bridge", "pasta", "slirp4netns", "private"].includes(network.mode), networkMode: network.value === undefined ? network.mode : `${network.mode}:${network.value}`,
    newPortMappings: network.ports.map(portToWire), newNetworks: Object.fromEntries(network.networks.map((one) => [one.name, networkToWire(one, id)])),
    UseImageResolvConf: create.network?.noResolvConf === true, UseImageHosts: create.network?.noHosts === true, useImageHostname: create.network?.noHostname === true,
    dnsServer: create.network?.dnsServers, dnsSearch: create.network?.dnsSearch, dnsOption: create.network?.dnsOptions, hostsAdd: create.network?.addHosts, baseHostsFile: create.network?.baseHostsFile,
    userVolumes: [...config.mounts ?? [], ...config.volumes].map(({ destination }) => destination), entrypoint: config.entrypoint, command: config.command, stdin: config.stdin, labels: config.labels,
    stopSignal: config.stopSignal, stopTimeout: config.stopTimeoutSeconds, timeout: create.timeoutSeconds, createdTime: config.createdAt, cgroupManager: config.cgroupManager, cgroupsMode: create.resources?.cgroups ?? "enabled",
    cgroupParent: create.resources?.cgroupParent ?? (config.cgroupManager === "systemd" ? "machine.slice" : "/libpod_parent"), kubeExitCodePropagation: 0, logPath: config.logPath, logTag: create.log?.tag ?? "", logSize: create.log?.maxSizeBytes ?? 0,
    logDriver: config.logDriver, restart_policy: create.restart?.policy, restart_retries: create.restart?.maxRetries, postConfigureNetNS: config.uidMaps.length > 0, runtime: config.ociRuntime,
    pause: false, defaultPause: false, isService: false, sdnotifyMode: create.sdnotify ?? "container", healthcheck: null, healthcheck_on_failure_action: 0, umask: create.umask ?? "0022", timezone: create.timezone,
    mountAllDevices: create.security?.privileged === true, readWriteTmpfs: create.security?.readWriteTmpfs ?? true,
    [ownKey]: config,
  });
}

const defined = (value: Readonly<Record<string, unknown>>): object => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
const portToWire = ({ hostIp, containerPort, hostPort, range, protocol }: PortPublish): WirePort => ({ host_ip: hostIp ?? "", container_port: containerPort, host_port: hostPort ?? containerPort, range: range ?? 1, protocol: protocol ?? "tcp" });
const networkToWire = ({ aliases, staticIps, staticMac, interfaceName }: NetworkAttach, id: string): object => defined({
  interface_name: interfaceName ?? "", static_ips: staticIps, static_mac: staticMac, aliases: aliases?.filter((alias) => alias !== shortId(id)),
});

/** The container as one of us wrote it; undefined for Podman's own. */
export function ownConfigOf(config: PodmanConfig): ContainerConfig | undefined {
  const own = config[ownKey];
  return own !== undefined && typeof own === "object" && own.version === recordVersion && typeof own.create === "object" ? own : undefined;
}

/** What every container has without asking. */
const engineMounts: ReadonlySet<string> = new Set([
  "/proc", "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm", "/sys", "/sys/fs/cgroup", "/run/.containerenv", "/etc/hostname", "/etc/resolv.conf", "/etc/hosts", "/etc/passwd", "/etc/group", "/run/notify", "/run/podman-init",
]);

/** A container of Podman's, as far as its processes and its later starts need it. */
export function fromPodmanConfig(config: PodmanConfig, spec: Spec): ContainerCreate {
  const { process } = spec;
  const restart = config.restart_policy;
  return part<ContainerCreate>({
    image: config.rootfsImageName, imageId: config.rootfsImageID, rootfs: config.rootfs === undefined || config.rootfs === "" ? undefined : { path: config.rootfs },
    entrypoint: config.entrypoint ?? [], command: config.command ?? [], env: Object.fromEntries(process.env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]).filter(([name]) => name !== "HOSTNAME" && name !== "")) as Record<string, string>,
    labels: config.labels ?? undefined, workdir: process.cwd, user: config.user, groupAdd: config.groups ?? undefined, hostname: spec.hostname, terminal: process.terminal, stdin: config.stdin,
    stopSignal: config.stopSignal === undefined ? undefined : String(config.stopSignal), stopTimeoutSeconds: config.stopTimeout, timeoutSeconds: config.timeout === 0 ? undefined : config.timeout,
    restart: restart === undefined || restart === "" ? undefined : { policy: restart as NonNullable<ContainerCreate["restart"]>["policy"], ...(config.restart_retries === undefined ? {} : { maxRetries: config.restart_retries }) },
    umask: config.umask, timezone: config.timezone === "" ? undefined : config.timezone, ociRuntime: config.runtime, createCommand: config.CreateCommand ?? undefined,
    log: part<NonNullable<ContainerCreate["log"]>>({ driver: config.logDriver, tag: config.logTag === "" ? undefined : config.logTag, maxSizeBytes: config.logSize === 0 ? undefined : config.logSize }),
    security: securityOf(config, spec), namespaces: { ipc: ipcOf(spec) }, network: networkOf(config), storage: { mounts: mountsOf(config, spec.mounts), shmSizeBytes: config.shmSize ?? 65_536_000 },
    resources: { ...limitsFromWire((spec.linux.resources ?? {}) as WireResources), ...(process.oomScoreAdj === undefined ? {} : { oomScoreAdj: process.oomScoreAdj }), ulimits: (process.rlimits ?? []).map((limit) => ulimitFromWire(limit as WireUlimit)), ...(config.cgroupManager === "systemd" ? {} : part({ cgroupParent: config.cgroupParent }) ?? {}) },
  }) ?? {};
}

function securityOf({ privileged, readWriteTmpfs }: PodmanConfig, { process, root, linux }: Spec): NonNullable<ContainerCreate["security"]> {
  const capabilities = process.capabilities?.bounding ?? [];
  return {
    ...(privileged === true ? { privileged: true } : { capDrop: ["ALL"], capAdd: capabilities }), ...(process.noNewPrivileges === true ? { noNewPrivileges: true } : {}), ...(linux.seccomp === undefined ? { seccomp: "unconfined" } : {}),
    ...(root.readonly === true ? { readOnly: true, readWriteTmpfs: readWriteTmpfs === true } : {}), ...(linux.sysctl === undefined ? {} : { sysctls: linux.sysctl }),
  };
}

/** Podman's own /dev/shm is a tmpfs of the host's in every mode of its own. */
function ipcOf({ linux, mounts }: Spec): NamespaceMode {
  const namespace = linux.namespaces.find(({ type }) => type === "ipc");
  if (namespace === undefined) return { mode: "host" };
  return { mode: mounts.find(({ destination }) => destination === "/dev/shm")?.type === "bind" ? "shareable" : "none" };
}

function networkOf(config: PodmanConfig): NetworkCreate {
  const list = config.orderedNetworks ?? Object.entries(config.newNetworks ?? {}).map(([name, one]) => ({ ...one, name }));
  const mode = config.networkMode ?? "";
  return part<NetworkCreate>({
    mode: list.length > 0 ? { mode: "bridge" } : { mode: mode === "" ? "none" : mode.split(":")[0] ?? "none" },
    networks: list.length === 0 ? undefined : list.map((one) => ({ name: one.name ?? ("Name" in one ? one.Name : undefined) ?? "", ...part<Partial<NetworkAttach>>({ staticIps: one.static_ips ?? undefined, staticMac: one.static_mac === "" ? undefined : one.static_mac, interfaceName: one.interface_name === "" ? undefined : one.interface_name, aliases: one.aliases ?? undefined }) })),
    ports: (config.newPortMappings ?? []).map(({ host_ip, container_port, host_port, range, protocol }) => ({ containerPort: container_port, ...part<Partial<PortPublish>>({ hostIp: host_ip === "" ? undefined : host_ip, hostPort: host_port, range, protocol }) })),
    dnsServers: config.dnsServer ?? undefined, dnsSearch: config.dnsSearch ?? undefined, dnsOptions: config.dnsOption ?? undefined, addHosts: config.hostsAdd ?? undefined,
    noHosts: config.UseImageHosts === true ? true : undefined, noResolvConf: config.UseImageResolvConf === true ? true : undefined,
  }) ?? {};
}

function mountsOf(config: PodmanConfig, all: readonly SpecMount[]): readonly MountCreate[] {
  const volumes = config.namedVolumes ?? [];
  const taken = new Set([...engineMounts, ...volumes.map(({ dest }) => dest)]);
  const own = all.filter(({ destination, type }) => !taken.has(destination) && !destination.startsWith("/run/secrets") && (type === "bind" || type === "tmpfs"));
  return [
    ...volumes.map(({ volumeName, dest, options, SubPath }): MountCreate => ({ type: "volume", source: volumeName, destination: dest, options: options ?? [], ...(SubPath === undefined || SubPath === "" ? {} : { subpath: SubPath }) })),
    ...own.map(({ destination, type, source, options }): MountCreate => ({ type: type === "tmpfs" ? "tmpfs" : "bind", destination, options: options ?? [], ...(type === "tmpfs" || source === undefined ? {} : { source }) })),
  ];
}
