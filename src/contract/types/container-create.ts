/**
 * What a user asked for: the first of the three shapes (ContainerCreate → ContainerRecord → OCI Spec). CLI flags, Docker
 * JSON, libpod's SpecGenerator, kube YAML, quadlet and compose all convert to this. Numbers are numbers, units are in the
 * names, an absent field means "the image's or the configuration's default". Pure data, JSON-safe.
 */
export interface ContainerCreate {
  readonly name?: string;
  /** Image reference or id as typed; absent only with `rootfs`. */
  readonly image?: string;
  /** Resolved image id when the caller already resolved `image`. */
  readonly imageId?: string;
  readonly rootfs?: { readonly path: string; readonly overlay?: boolean; readonly idmap?: string };
  readonly command?: readonly string[];
  /** `[]` clears the image's entrypoint. */
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly unsetEnv?: readonly string[];
  readonly unsetEnvAll?: boolean;
  readonly envHost?: boolean;
  readonly envMerge?: Readonly<Record<string, string>>;
  readonly httpProxy?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly user?: string;
  readonly groupAdd?: readonly string[];
  readonly hostUsers?: readonly string[];
  readonly hostname?: string;
  readonly terminal?: boolean;
  readonly stdin?: boolean;
  readonly remove?: boolean;
  readonly removeImage?: boolean;
  readonly stopSignal?: string;
  readonly stopTimeoutSeconds?: number;
  /** End the container after this many seconds. */
  readonly timeoutSeconds?: number;
  readonly restart?: { readonly policy: "no" | "always" | "on-failure" | "unless-stopped"; readonly maxRetries?: number };
  readonly init?: boolean;
  readonly initPath?: string;
  readonly systemd?: "true" | "false" | "always";
  readonly sdnotify?: "container" | "conmon" | "healthy" | "ignore";
  readonly timezone?: string;
  readonly umask?: string;
  /** Execution domain, `LINUX` or `LINUX32` (personality(2)). */
  readonly personality?: string;
  /** Directories inside that are roots of their own: they see /etc/hosts, /etc/resolv.conf and /etc/hostname too. */
  readonly chrootDirs?: readonly string[];
  readonly pod?: string;
  readonly dependencies?: readonly string[];
  readonly initContainerType?: "always" | "once";
  readonly preserveFds?: number;
  readonly preserveFd?: readonly number[];
  readonly ociRuntime?: string;
  /** Files that get the ids of the processes at every start. */
  readonly pidFile?: string;
  readonly conmonPidFile?: string;
  readonly createCommand?: readonly string[];
  readonly security?: SecurityCreate;
  readonly namespaces?: NamespacesCreate;
  readonly network?: NetworkCreate;
  readonly storage?: StorageCreate;
  readonly resources?: ResourcesCreate;
  readonly log?: { readonly driver?: string; readonly path?: string; readonly maxSizeBytes?: number; readonly tag?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly health?: HealthCreate;
  readonly secrets?: readonly SecretUse[];
  readonly secretEnv?: Readonly<Record<string, string>>;
  readonly passwdEntry?: string;
  readonly groupEntry?: string;
  /** false: do not add the user to /etc/passwd and /etc/group. */
  readonly passwd?: boolean;
  readonly imageVolumeMode?: "anonymous" | "tmpfs" | "ignore";
  readonly noHealthcheck?: boolean;
  /** Platform chosen at pull time, kept for inspect. */
  readonly platform?: { readonly os?: string; readonly arch?: string; readonly variant?: string };
}

export interface SecurityCreate {
  readonly privileged?: boolean;
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly noNewPrivileges?: boolean;
  /** Path of a profile, or `unconfined`. */
  readonly seccomp?: string;
  readonly seccompPolicy?: "default" | "image";
  readonly apparmor?: string;
  readonly selinux?: readonly string[];
  readonly mask?: readonly string[];
  readonly unmask?: readonly string[];
  readonly procOpts?: readonly string[];
  readonly readOnly?: boolean;
  /** tmpfs on /run, /tmp, /var/tmp and /dev/shm with `readOnly`; default true. */
  readonly readWriteTmpfs?: boolean;
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** `mode` is podman's word: `host`, `private`, `container`, `ns`, `pod`, `none`, `shareable`, `keep-id`, `auto`, `nomap`, `slirp4netns`, `pasta`, `bridge`, `default`. */
export interface NamespaceMode { readonly mode: string; readonly value?: string }

export interface NamespacesCreate {
  readonly pid?: NamespaceMode;
  readonly ipc?: NamespaceMode;
  readonly uts?: NamespaceMode;
  readonly user?: NamespaceMode;
  readonly cgroup?: NamespaceMode;
  readonly uidMaps?: readonly IdMap[];
  readonly gidMaps?: readonly IdMap[];
  readonly subuidName?: string;
  readonly subgidName?: string;
}
export interface IdMap { readonly containerId: number; readonly hostId: number; readonly size: number }

export interface NetworkCreate {
  /** Network namespace mode; `bridge` for networks by name. */
  readonly mode?: NamespaceMode;
  /** Networks to join, in order, with per-network options. */
  readonly networks?: readonly NetworkAttach[];
  readonly networkOptions?: Readonly<Record<string, readonly string[]>>;
  readonly ports?: readonly PortPublish[];
  /** Ports that the image or --expose names: `80/tcp`. */
  readonly expose?: readonly string[];
  readonly publishAll?: boolean;
  readonly dnsServers?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly noHosts?: boolean;
  readonly noHostname?: boolean;
  readonly noResolvConf?: boolean;
  readonly baseHostsFile?: string;
  /** `name:ip` pairs for /etc/hosts. */
  readonly addHosts?: readonly string[];
}
export interface NetworkAttach {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly staticIps?: readonly string[];
  readonly staticMac?: string;
  readonly interfaceName?: string;
  readonly options?: Readonly<Record<string, string>>;
}
export interface PortPublish {
  readonly hostIp?: string;
  readonly containerPort: number;
  /** 0 or absent: chosen by the engine. */
  readonly hostPort?: number;
  /** Number of consecutive ports; default 1. */
  readonly range?: number;
  /** `tcp`, `udp`, `sctp`, or several separated by commas. */
  readonly protocol?: string;
}

export interface StorageCreate {
  readonly mounts?: readonly MountCreate[];
  readonly volumesFrom?: readonly string[];
  readonly devices?: readonly DeviceCreate[];
  /** GPUs of whichever vendor the machine has: `all`, or a name in its CDI specification. */
  readonly gpus?: readonly string[];
  readonly deviceCgroupRules?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly shmSizeSystemdBytes?: number;
  readonly storageOptions?: Readonly<Record<string, string>>;
  readonly hostDevices?: readonly string[];
}
/** One `-v`, `--mount` or `--tmpfs`. */
export interface MountCreate {
  readonly type: "bind" | "volume" | "tmpfs" | "image" | "glob" | "devpts" | "ramfs" | "artifact" | "overlay";
  /** Host path, volume name (empty: anonymous), image or artifact reference. */
  readonly source?: string;
  readonly destination: string;
  readonly options?: readonly string[];
  readonly subpath?: string;
}
/** `hostPath`: a device node, a directory of them, or the full name of a CDI device. */
export interface DeviceCreate { readonly hostPath: string; readonly containerPath?: string; readonly permissions?: string }

export interface ResourcesCreate {
  readonly cpuPeriodMicros?: number;
  readonly cpuQuotaMicros?: number;
  readonly cpuRtPeriodMicros?: number;
  readonly cpuRtRuntimeMicros?: number;
  readonly cpuShares?: number;
  readonly cpus?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly memoryBytes?: number;
  readonly memoryReservationBytes?: number;
  /** -1: unlimited. */
  readonly memorySwapBytes?: number;
  readonly memorySwappiness?: number;
  readonly kernelMemoryBytes?: number;
  /** -1: unlimited. */
  readonly pidsLimit?: number;
  readonly blkioWeight?: number;
  readonly blkioWeightDevice?: readonly { readonly path: string; readonly weight: number }[];
  readonly deviceReadBps?: readonly DeviceRate[];
  readonly deviceWriteBps?: readonly DeviceRate[];
  readonly deviceReadIops?: readonly DeviceRate[];
  readonly deviceWriteIops?: readonly DeviceRate[];
  readonly hugepageLimits?: readonly { readonly pageSize: string; readonly limitBytes: number }[];
  readonly oomKillDisable?: boolean;
  readonly oomScoreAdj?: number;
  /** cgroup v2 files: `memory.high=…`. */
  readonly unified?: Readonly<Record<string, string>>;
  readonly ulimits?: readonly Ulimit[];
  /** Class of service of Intel's Resource Director Technology (resctrl). */
  readonly rdtClass?: string;
  readonly cgroupParent?: string;
  readonly cgroups?: "enabled" | "disabled" | "no-conmon" | "split";
}
export interface DeviceRate { readonly path: string; readonly rate: number }
/** `name` without RLIMIT_ (`nofile`); -1 is unlimited; `host` copies the caller's. */
export interface Ulimit { readonly name: string; readonly soft: number; readonly hard: number }

export interface HealthCreate {
  /** `["CMD", …]`, `["CMD-SHELL", line]` or `["NONE"]`. */
  readonly test?: readonly string[];
  readonly intervalNanos?: number;
  readonly timeoutNanos?: number;
  readonly startPeriodNanos?: number;
  readonly retries?: number;
  readonly onFailure?: "none" | "kill" | "restart" | "stop";
  readonly logDestination?: string;
  readonly maxLogCount?: number;
  readonly maxLogSize?: number;
  readonly startup?: { readonly test: readonly string[]; readonly intervalNanos?: number; readonly timeoutNanos?: number; readonly retries?: number; readonly successes?: number };
}
export interface SecretUse { readonly source: string; readonly target?: string; readonly uid?: number; readonly gid?: number; readonly mode?: number; /** Set by the engine: containers keep what the name meant when they were made. */ readonly id?: string }
