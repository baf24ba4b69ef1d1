/** Resource usage of containers. Sizes in bytes, times in nanoseconds; names are Podman's and Docker's on the wire. */

export interface InterfaceStats {
  readonly RxBytes: number;
  readonly RxDropped: number;
  readonly RxErrors: number;
  readonly RxPackets: number;
  readonly TxBytes: number;
  readonly TxDropped: number;
  readonly TxErrors: number;
  readonly TxPackets: number;
}

/** All zero of a container that does not run. */
export interface ContainerStats {
  /** Percent of one processor since the start. */
  readonly AvgCPU: number;
  readonly ContainerID: string;
  readonly Name: string;
  readonly PerCPU: readonly number[] | null;
  /** Percent of one processor since the report before, or since the start. */
  readonly CPU: number;
  readonly CPUNano: number;
  readonly CPUSystemNano: number;
  /** When it was read, since 1970. */
  readonly SystemNano: number;
  /** Without file cache that can be dropped. */
  readonly MemUsage: number;
  /** The machine's memory where there is no lower limit. */
  readonly MemLimit: number;
  readonly MemPerc: number;
  /** By interface, without `lo`; null when the container has no network of its own. */
  readonly Network: Readonly<Record<string, InterfaceStats>> | null;
  readonly BlockInput: number;
  readonly BlockOutput: number;
  readonly PIDs: number;
  readonly UpTime: number;
  readonly Duration: number;
}

/** One report of `podman stats`: all containers at one time. */
export interface StatsReport { readonly Error: null; readonly Stats: readonly ContainerStats[] }

export interface CpuUsage {
  readonly cpu_usage: { readonly total_usage: number; readonly percpu_usage?: readonly number[]; readonly usage_in_kernelmode: number; readonly usage_in_usermode: number };
  /** What all processors did, idle or not. */
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
  readonly cpu: number;
  readonly throttling_data: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number };
}

export interface BlockUsage { readonly major: number; readonly minor: number; readonly op: string; readonly value: number }

/** One container as Docker's clients read it: raw numbers, with those of the report before. */
export interface ContainerUsage {
  readonly read: string;
  readonly preread: string;
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly blkio_stats: Readonly<Record<string, readonly BlockUsage[] | null>>;
  readonly num_procs: number;
  readonly storage_stats: Readonly<Record<string, never>>;
  readonly cpu_stats: CpuUsage;
  readonly precpu_stats: CpuUsage;
  readonly memory_stats: { readonly usage?: number; readonly max_usage?: number; readonly stats?: Readonly<Record<string, number>>; readonly failcnt?: number; readonly limit?: number };
  readonly name: string;
  readonly Id: string;
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
