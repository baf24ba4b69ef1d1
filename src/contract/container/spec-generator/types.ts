/** The body of `POST /libpod/containers/create` as Podman's clients send it: the part that `ContainerCreate` has a place for. Every field may be absent, empty or null. */
export type Maybe<T> = T | null | undefined;
export interface WireNamespace { readonly nsmode?: string; readonly value?: string }
export interface WireIdMap { readonly container_id: number; readonly host_id: number; readonly size: number }
export interface WireMount { readonly destination: string; readonly type?: string; readonly source?: string; readonly options?: Maybe<readonly string[]> }
export interface WireNamedVolume { readonly Name?: string; readonly Dest: string; readonly Options?: Maybe<readonly string[]>; readonly IsAnonymous?: boolean; readonly SubPath?: string }
export interface WireImageVolume { readonly Source: string; readonly Destination: string; readonly ReadWrite?: boolean; readonly subPath?: string }
export interface WireArtifactVolume { readonly source: string; readonly destination: string; readonly title?: string; readonly digest?: string; readonly name?: string }
export interface WireDevice { readonly path: string; readonly type?: string; readonly major?: number; readonly minor?: number }
export interface WireDeviceRule { readonly allow?: boolean; readonly type?: string; readonly major?: Maybe<number>; readonly minor?: Maybe<number>; readonly access?: string }
export interface WirePort { readonly host_ip?: string; readonly container_port: number; readonly host_port?: number; readonly range?: number; readonly protocol?: string }
export interface WireNetworkOptions { readonly static_ips?: Maybe<readonly string[]>; readonly aliases?: Maybe<readonly string[]>; readonly static_mac?: string; readonly interface_name?: string; readonly options?: Maybe<Readonly<Record<string, string>>> }
export interface WireHealth { readonly Test?: Maybe<readonly string[]>; readonly Interval?: number; readonly Timeout?: number; readonly StartPeriod?: number; readonly Retries?: number; readonly Successes?: number }
export interface WireSecret { readonly Source: string; readonly Target?: string; readonly UID?: number; readonly GID?: number; readonly Mode?: number }
export type WireRates = Maybe<Readonly<Record<string, { readonly rate: number; readonly major?: number; readonly minor?: number }>>>;
export interface WireResources {
  readonly cpu?: Maybe<{ readonly shares?: number; readonly quota?: number; readonly period?: number; readonly realtimeRuntime?: number; readonly realtimePeriod?: number; readonly cpus?: string; readonly mems?: string }>;
  readonly memory?: Maybe<{ readonly limit?: number; readonly reservation?: number; readonly swap?: number; readonly kernel?: number; readonly swappiness?: number; readonly disableOOMKiller?: boolean }>;
  readonly pids?: Maybe<{ readonly limit?: number }>;
  readonly blockIO?: Maybe<{ readonly weight?: number }>;
  readonly hugepageLimits?: Maybe<readonly { readonly pageSize: string; readonly limit: number }[]>;
  readonly unified?: Maybe<Readonly<Record<string, string>>>;
}

type Text = Maybe<string>;
type Flag = Maybe<boolean>;
type List = Maybe<readonly string[]>;
type Dictionary = Maybe<Readonly<Record<string, string>>>;

export interface SpecGenerator {
  readonly name?: Text; readonly pod?: Text; readonly entrypoint?: List; readonly command?: List; readonly env_host?: Flag; readonly httpproxy?: Flag;
  readonly env?: Dictionary; readonly terminal?: Flag; readonly stdin?: Flag; readonly labels?: Dictionary; readonly annotations?: Dictionary;
  readonly stop_signal?: Maybe<number>; readonly stop_timeout?: Maybe<number>; readonly timeout?: Maybe<number>;
  readonly log_configuration?: Maybe<{ readonly driver?: string; readonly path?: string; readonly size?: number; readonly options?: Dictionary }>;
  readonly restart_policy?: Text; readonly restart_tries?: Maybe<number>; readonly oci_runtime?: Text; readonly systemd?: Text; readonly sdnotifyMode?: Text;
  readonly pidns?: WireNamespace; readonly utsns?: WireNamespace; readonly ipcns?: WireNamespace; readonly userns?: WireNamespace; readonly cgroupns?: WireNamespace; readonly netns?: WireNamespace;
  readonly hostname?: Text; readonly hostusers?: List; readonly sysctl?: Dictionary; readonly remove?: Flag; readonly removeImage?: Flag; readonly containerCreateCommand?: List;
  readonly timezone?: Text; readonly dependencyContainers?: List; readonly secret_env?: Dictionary; readonly init_container_type?: Text;
  readonly envmerge?: List; readonly unsetenv?: List; readonly unsetenvall?: Flag; readonly manage_password?: Flag; readonly passwd_entry?: Text; readonly group_entry?: Text;
  readonly image?: Text; readonly raw_image_name?: Text; readonly image_os?: Text; readonly image_arch?: Text; readonly image_variant?: Text;
  readonly rootfs?: Text; readonly rootfs_overlay?: Flag; readonly rootfs_mapping?: Text; readonly image_volume_mode?: Text; readonly volumes_from?: List;
  readonly init?: Flag; readonly init_path?: Text; readonly mounts?: Maybe<readonly WireMount[]>; readonly volumes?: Maybe<readonly WireNamedVolume[]>;
  readonly overlay_volumes?: Maybe<readonly WireMount[]>; readonly image_volumes?: Maybe<readonly WireImageVolume[]>; readonly artifact_volumes?: Maybe<readonly WireArtifactVolume[]>;
  readonly devices?: Maybe<readonly WireDevice[]>; readonly device_cgroup_rule?: Maybe<readonly WireDeviceRule[]>; readonly host_device_list?: Maybe<readonly WireDevice[]>;
  readonly shm_size?: Maybe<number>; readonly shm_size_systemd?: Maybe<number>; readonly work_dir?: Text; readonly storage_opts?: Dictionary; readonly secrets?: Maybe<readonly WireSecret[]>;
  readonly volatile?: Flag; readonly privileged?: Flag; readonly user?: Text; readonly groups?: List; readonly cap_add?: List; readonly cap_drop?: List;
  readonly selinux_opts?: List; readonly apparmor_profile?: Text; readonly seccomp_policy?: Text; readonly seccomp_profile_path?: Text; readonly no_new_privileges?: Flag;
  readonly idmappings?: Maybe<{ readonly HostUIDMapping?: boolean; readonly HostGIDMapping?: boolean; readonly UIDMap?: Maybe<readonly WireIdMap[]>; readonly GIDMap?: Maybe<readonly WireIdMap[]>; readonly AutoUserNs?: boolean }>;
  readonly read_only_filesystem?: Flag; readonly read_write_tmpfs?: Flag; readonly umask?: Text; readonly procfs_opts?: List; readonly mask?: List; readonly unmask?: List;
  readonly cgroups_mode?: Text; readonly cgroup_parent?: Text;
  readonly portmappings?: Maybe<readonly WirePort[]>; readonly publish_image_ports?: Flag; readonly expose?: Maybe<Readonly<Record<string, string>>>;
  readonly Networks?: Maybe<Readonly<Record<string, WireNetworkOptions>>>; readonly use_image_resolve_conf?: Flag; readonly dns_server?: List; readonly dns_search?: List; readonly dns_option?: List;
  readonly use_image_hostname?: Flag; readonly use_image_hosts?: Flag; readonly base_hosts_file?: Text; readonly hostadd?: List; readonly network_options?: Maybe<Readonly<Record<string, readonly string[]>>>;
  readonly personality?: Maybe<{ readonly domain?: string }>; readonly chroot_directories?: List; readonly intelRdt?: Maybe<{ readonly closID?: string }>; readonly gpus?: List;
  readonly resource_limits?: Maybe<WireResources>; readonly r_limits?: Maybe<readonly { readonly type: string; readonly hard: number; readonly soft: number }[]>; readonly oom_score_adj?: Maybe<number>;
  readonly weightDevice?: Maybe<Readonly<Record<string, { readonly weight?: number }>>>;
  readonly throttleReadBpsDevice?: WireRates; readonly throttleWriteBpsDevice?: WireRates; readonly throttleReadIOPSDevice?: WireRates; readonly throttleWriteIOPSDevice?: WireRates;
  readonly unified?: Dictionary;
  readonly healthconfig?: Maybe<WireHealth>; readonly health_check_on_failure_action?: Maybe<number>; readonly startupHealthConfig?: Maybe<WireHealth>;
  readonly healthLogDestination?: Text; readonly healthMaxLogCount?: Maybe<number>; readonly healthMaxLogSize?: Maybe<number>;
}
