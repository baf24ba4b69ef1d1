/** What `podman info` shows; field names are Podman's (a compatibility surface: scripts, Podman Desktop and cockpit read them). */
import type { VersionReport } from "../system/version.ts";

export interface ProgramInfo { readonly package: string; readonly path: string; readonly version: string }
export interface ExecutableInfo { readonly executable: string; readonly package: string; readonly version: string }

export interface HostInfo {
  readonly arch: string;
  readonly buildahVersion: string;
  readonly cgroupManager: string;
  readonly cgroupVersion: string;
  readonly cgroupControllers: readonly string[];
  readonly conmon: ProgramInfo;
  readonly cpus: number;
  readonly cpuUtilization: { readonly userPercent: number; readonly systemPercent: number; readonly idlePercent: number };
  readonly databaseBackend: string;
  readonly distribution: { readonly distribution: string; readonly variant?: string; readonly version: string; readonly codename?: string };
  readonly eventLogger: string;
  readonly freeLocks: number;
  readonly hostname: string;
  readonly idMappings: { readonly gidmap: readonly InfoIdMap[] | null; readonly uidmap: readonly InfoIdMap[] | null };
  readonly kernel: string;
  readonly logDriver: string;
  readonly memFree: number;
  readonly memTotal: number;
  readonly networkBackend: string;
  readonly networkBackendInfo: ProgramInfo & { readonly backend: string; readonly dns: ProgramInfo; readonly defaultNetwork: string };
  readonly ociRuntime: ProgramInfo & { readonly name: string };
  readonly os: string;
  readonly remoteSocket: { readonly path: string; readonly exists: boolean };
  readonly rootlessNetworkCmd: string;
  readonly serviceIsRemote: boolean;
  readonly security: {
    readonly apparmorEnabled: boolean; readonly capabilities: string; readonly rootless: boolean;
    readonly seccompEnabled: boolean; readonly seccompProfilePath: string; readonly selinuxEnabled: boolean;
  };
  readonly slirp4netns: ExecutableInfo;
  readonly pasta: ExecutableInfo;
  readonly swapFree: number;
  readonly swapTotal: number;
  readonly uptime: string;
  readonly variant: string;
  readonly linkmode: string;
}
export interface InfoIdMap { readonly container_id: number; readonly host_id: number; readonly size: number }

export interface StoreInfo {
  readonly configFile: string;
  readonly containerStore: { readonly number: number; readonly paused: number; readonly running: number; readonly stopped: number };
  readonly graphDriverName: string;
  readonly graphOptions: Readonly<Record<string, unknown>>;
  readonly graphRoot: string;
  readonly graphRootAllocated: number;
  readonly graphRootUsed: number;
  readonly graphStatus: Readonly<Record<string, string>>;
  readonly imageCopyTmpDir: string;
  readonly imageStore: { readonly number: number };
  readonly runRoot: string;
  readonly volumePath: string;
  readonly transientStore: boolean;
}

export interface InfoReport {
  readonly host: HostInfo;
  readonly store: StoreInfo;
  readonly registries: Readonly<Record<string, unknown>>;
  readonly plugins: { readonly volume: readonly string[]; readonly network: readonly string[]; readonly log: readonly string[]; readonly authorization: readonly string[] | null };
  readonly version: VersionReport;
}
