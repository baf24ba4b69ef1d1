/** Bodies that Docker's clients send (Docker Engine API 1.44), as far as they are read here. Anything may be absent or null. */
export type Maybe<T> = T | null | undefined;

export interface DockerHealth { readonly Test?: Maybe<readonly string[]>; readonly Interval?: number; readonly Timeout?: number; readonly StartPeriod?: number; readonly Retries?: number }
export interface DockerEndpoint {
  readonly Aliases?: Maybe<readonly string[]>; readonly IPAddress?: string; readonly MacAddress?: string; readonly DriverOpts?: Maybe<Readonly<Record<string, string>>>;
  readonly IPAMConfig?: Maybe<{ readonly IPv4Address?: string; readonly IPv6Address?: string }>;
}
export interface DockerRate { readonly Path: string; readonly Rate: number }
/** `docker run --gpus` and `--device vendor/class=name`. `Capabilities`: one list must be had as a whole. */
export interface DockerDeviceRequest { readonly Driver?: string; readonly Count?: number; readonly DeviceIDs?: Maybe<readonly string[]>; readonly Capabilities?: Maybe<readonly (readonly string[])[]> }
export interface DockerMount {
  readonly Type?: string; readonly Source?: string; readonly Target?: string; readonly ReadOnly?: boolean; readonly Consistency?: string;
  readonly BindOptions?: Maybe<{ readonly Propagation?: string; readonly NonRecursive?: boolean }>;
  readonly TmpfsOptions?: Maybe<{ readonly SizeBytes?: number; readonly Mode?: number }>;
  readonly VolumeOptions?: Maybe<{ readonly NoCopy?: boolean; readonly Subpath?: string; readonly DriverConfig?: Maybe<{ readonly Options?: Maybe<Readonly<Record<string, string>>> }> }>;
}
export interface DockerResources {
  readonly CpuShares?: number; readonly Memory?: number; readonly NanoCpus?: number; readonly CgroupParent?: string; readonly BlkioWeight?: number;
  readonly BlkioWeightDevice?: Maybe<readonly { readonly Path: string; readonly Weight: number }[]>;
  readonly BlkioDeviceReadBps?: Maybe<readonly DockerRate[]>; readonly BlkioDeviceWriteBps?: Maybe<readonly DockerRate[]>;
  readonly BlkioDeviceReadIOps?: Maybe<readonly DockerRate[]>; readonly BlkioDeviceWriteIOps?: Maybe<readonly DockerRate[]>;
  readonly CpuPeriod?: number; readonly CpuQuota?: number; readonly CpuRealtimePeriod?: number; readonly CpuRealtimeRuntime?: number; readonly CpusetCpus?: string; readonly CpusetMems?: string;
  readonly Devices?: Maybe<readonly { readonly PathOnHost: string; readonly PathInContainer?: string; readonly CgroupPermissions?: string }[]>;
  readonly DeviceCgroupRules?: Maybe<readonly string[]>; readonly DeviceRequests?: Maybe<readonly DockerDeviceRequest[]>;
  readonly MemoryReservation?: number; readonly MemorySwap?: number; readonly MemorySwappiness?: Maybe<number>; readonly OomKillDisable?: Maybe<boolean>; readonly PidsLimit?: Maybe<number>;
  readonly Ulimits?: Maybe<readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]>;
}
export interface DockerHostConfig extends DockerResources {
  readonly Binds?: Maybe<readonly string[]>; readonly LogConfig?: Maybe<{ readonly Type?: string; readonly Config?: Maybe<Readonly<Record<string, string>>> }>;
  readonly NetworkMode?: string; readonly PortBindings?: Maybe<Readonly<Record<string, Maybe<readonly { readonly HostIp?: string; readonly HostPort?: string }[]>>>>;
  readonly RestartPolicy?: Maybe<{ readonly Name?: string; readonly MaximumRetryCount?: number }>; readonly AutoRemove?: boolean; readonly VolumesFrom?: Maybe<readonly string[]>;
  readonly Annotations?: Maybe<Readonly<Record<string, string>>>; readonly CapAdd?: Maybe<readonly string[]>; readonly CapDrop?: Maybe<readonly string[]>; readonly CgroupnsMode?: string;
  readonly Dns?: Maybe<readonly string[]>; readonly DnsOptions?: Maybe<readonly string[]>; readonly DnsSearch?: Maybe<readonly string[]>; readonly ExtraHosts?: Maybe<readonly string[]>;
  readonly GroupAdd?: Maybe<readonly string[]>; readonly IpcMode?: string; readonly Links?: Maybe<readonly string[]>; readonly OomScoreAdj?: number; readonly PidMode?: string; readonly Privileged?: boolean;
  readonly PublishAllPorts?: boolean; readonly ReadonlyRootfs?: boolean; readonly SecurityOpt?: Maybe<readonly string[]>; readonly StorageOpt?: Maybe<Readonly<Record<string, string>>>;
  readonly Tmpfs?: Maybe<Readonly<Record<string, string>>>; readonly UTSMode?: string; readonly UsernsMode?: string; readonly ShmSize?: number; readonly Sysctls?: Maybe<Readonly<Record<string, string>>>;
  readonly Init?: Maybe<boolean>; readonly Mounts?: Maybe<readonly DockerMount[]>;
}
export interface DockerCreate {
  readonly Hostname?: string; readonly User?: string; readonly ExposedPorts?: Maybe<Readonly<Record<string, unknown>>>; readonly Tty?: boolean; readonly OpenStdin?: boolean;
  readonly Env?: Maybe<readonly string[]>; readonly Cmd?: Maybe<readonly string[] | string>; readonly Entrypoint?: Maybe<readonly string[] | string>; readonly Image?: string;
  readonly Volumes?: Maybe<Readonly<Record<string, unknown>>>; readonly WorkingDir?: string; readonly Labels?: Maybe<Readonly<Record<string, string>>>; readonly StopSignal?: string;
  readonly StopTimeout?: Maybe<number>; readonly Healthcheck?: Maybe<DockerHealth>; readonly MacAddress?: string;
  readonly HostConfig?: Maybe<DockerHostConfig>; readonly NetworkingConfig?: Maybe<{ readonly EndpointsConfig?: Maybe<Readonly<Record<string, Maybe<DockerEndpoint>>>> }>;
}
export interface DockerExecCreate {
  readonly User?: string; readonly Privileged?: boolean; readonly Tty?: boolean; readonly AttachStdin?: boolean; readonly AttachStdout?: boolean; readonly AttachStderr?: boolean;
  readonly DetachKeys?: string; readonly Env?: Maybe<readonly string[]>; readonly WorkingDir?: string; readonly Cmd?: Maybe<readonly string[]>;
}
export interface DockerNetworkCreate {
  readonly Name?: string; readonly Driver?: string; readonly Internal?: boolean; readonly EnableIPv6?: boolean; readonly Options?: Maybe<Readonly<Record<string, string>>>; readonly Labels?: Maybe<Readonly<Record<string, string>>>;
  readonly IPAM?: Maybe<{ readonly Config?: Maybe<readonly { readonly Subnet?: string; readonly Gateway?: string; readonly IPRange?: string }[]> }>;
}
