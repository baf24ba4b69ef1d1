import type { InspectMount } from "./container-inspect.ts";
import type { ContainerCreate, ResourcesCreate } from "./container-create.ts";

export type PodNamespace = "ipc" | "net" | "uts" | "pid" | "user" | "cgroup";

/** What a user asked for: CLI flags, libpod's PodSpecGenerator, kube YAML and quadlet convert to this. JSON-safe; absent means the default. */
export interface PodCreate {
  readonly name?: string;
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly exitPolicy?: "continue" | "stop";
  /** Podman's words: ipc, net, uts, pid, user, cgroup; `none` shares nothing. */
  readonly share?: readonly string[];
  /** The pod's cgroup is the parent of its containers'; default true. */
  readonly shareParent?: boolean;
  readonly cgroupParent?: string;
  readonly createCommand?: readonly string[];
  /** For containers that have no policy of their own. */
  readonly restart?: ContainerCreate["restart"];
  /** Of all its containers together. */
  readonly resources?: ResourcesCreate;
  /** Id of the container that belongs to the pod's service (kube play). */
  readonly serviceContainer?: string;
  /** The container that holds what is shared: network, ports, mounts, devices, user namespace. Absent: none is made. */
  readonly infra?: ContainerCreate;
}

export interface PodCreateReport { readonly Id: string }
/** `Errs`: what could not be done once the clone was there. */
export interface PodCloneReport { readonly Id: string; readonly Errs?: readonly string[] }

export interface ListPodContainer { readonly Id: string; readonly Names: string; readonly Status: string; readonly RestartCount: number }
export interface ListPod {
  readonly Cgroup: string;
  readonly Containers: readonly ListPodContainer[];
  readonly Created: string;
  readonly Id: string;
  readonly InfraId: string;
  readonly Name: string;
  readonly Namespace: string;
  /** Of the infra container. */
  readonly Networks: readonly string[];
  /** Created, Running, Degraded, Paused, Exited, Stopped or Error. */
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface InspectPodInfra {
  readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;
  readonly HostNetwork: boolean;
  readonly StaticIP: string;
  readonly StaticMAC: string;
  readonly NoManageResolvConf: boolean;
  readonly DNSServer: readonly string[] | null;
  readonly DNSSearch: readonly string[] | null;
  readonly DNSOption: readonly string[] | null;
  readonly NoManageHostname: boolean;
  readonly NoManageHosts: boolean;
  readonly HostAdd: readonly string[] | null;
  readonly HostsFile: string;
  readonly Networks: readonly string[] | null;
  readonly NetworkOptions: Readonly<Record<string, readonly string[]>> | null;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpuset_cpus?: string;
  readonly pid_ns?: string;
  readonly userns?: string;
  readonly uts_ns?: string;
}

/** podman-pod-inspect(1). */
export interface InspectPod {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly CreateCommand?: readonly string[];
  readonly ExitPolicy?: string;
  readonly State: string;
  readonly Hostname: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly CreateCgroup: boolean;
  readonly CgroupParent?: string;
  readonly CgroupPath?: string;
  readonly CreateInfra: boolean;
  readonly InfraContainerID?: string;
  readonly InfraConfig?: InspectPodInfra;
  readonly SharedNamespaces?: readonly string[];
  readonly NumContainers: number;
  readonly Containers?: readonly { readonly Id: string; readonly Name: string; readonly State: string }[];
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_shares?: number;
  readonly cpuset_cpus?: string;
  readonly cpuset_mems?: string;
  /** The user's mounts of the infra container, which all containers get. */
  readonly mounts?: readonly InspectMount[];
  readonly volumes_from?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly memory_limit?: number;
  readonly memory_swap?: number;
  readonly blkio_weight?: number;
  readonly RestartPolicy?: string;
  readonly LockNumber: number;
}

/** Of start, stop, kill, pause, unpause and restart: what could not be done to which container. Empty lists are left out. */
export interface PodReport { readonly Id: string; readonly Errs?: readonly string[]; readonly RawInput?: string }

/** `RemovedCtrs` says of each container null, or why it is still there. */
export interface PodRemoveReport { readonly Id: string; readonly Err?: string; readonly RemovedCtrs?: Readonly<Record<string, string | null>> }

/** A container of a pod, with everything as text: `-- / --` and `--` where nothing was counted. Ids are short. */
export interface PodStats {
  readonly CPU: string;
  readonly MemUsage: string;
  readonly MemUsageBytes: string;
  readonly Mem: string;
  readonly NetIO: string;
  readonly BlockIO: string;
  readonly PIDS: string;
  readonly Pod: string;
  readonly CID: string;
  readonly Name: string;
}
