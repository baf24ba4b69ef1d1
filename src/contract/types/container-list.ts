/** A row of `podman ps`; field names are Podman's. */
export interface ListContainer {
  readonly AutoRemove: boolean;
  readonly Command: readonly string[] | null;
  /** RFC 3339 with nanoseconds. */
  readonly Created: string;
  /** Always empty, as Podman's; people see `Created`. */
  readonly CreatedAt: string;
  readonly CIDFile: string;
  readonly Exited: boolean;
  /** Seconds since the epoch; -62135596800 (Go's zero time) before the first end. */
  readonly ExitedAt: number;
  readonly ExitCode: number;
  /** Port number → protocols. */
  readonly ExposedPorts: Readonly<Record<string, readonly string[]>> | null;
  readonly Id: string;
  readonly Image: string;
  readonly ImageID: string;
  readonly IsInfra: boolean;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Destinations inside the container. */
  readonly Mounts: readonly string[];
  readonly Names: readonly string[];
  readonly Namespaces: ListNamespaces;
  readonly Networks: readonly string[];
  readonly Pid: number;
  readonly Pod: string;
  readonly PodName: string;
  readonly Ports: readonly PortMapping[] | null;
  readonly Restarts: number;
  readonly Size: { readonly rootFsSize: number; readonly rwSize: number } | null;
  /** Seconds since the epoch. */
  readonly StartedAt: number;
  /** One word: created, running, exited, … */
  readonly State: string;
  /** For people: `Up 3 seconds`, `Exited (0) 2 minutes ago`; made when listed. `Up` gets `(healthy)` appended by health checks. */
  readonly Status: string;
}
export interface ListNamespaces { readonly Mnt?: string; readonly Cgroup?: string; readonly Ipc?: string; readonly Net?: string; readonly Pidns?: string; readonly Uts?: string; readonly User?: string }
/** A published port as podman writes it. */
export interface PortMapping { readonly host_ip: string; readonly container_port: number; readonly host_port: number; readonly range: number; readonly protocol: string }

/** One pruned object. `Size` in bytes; `Err` null when it is gone. */
export interface PruneReport { readonly Id: string; readonly Err: string | null; readonly Size: number }
