/** The third shape: OCI runtime-spec 1.2 config.json, as far as we write it. */

export interface Spec {
  ociVersion: string;
  process: SpecProcess;
  root: { path: string; readonly?: boolean };
  hostname?: string;
  domainname?: string;
  mounts: SpecMount[];
  hooks?: Record<string, SpecHook[]>;
  annotations?: Record<string, string>;
  linux: SpecLinux;
}
export interface SpecProcess {
  terminal?: boolean;
  consoleSize?: { height: number; width: number };
  user: { uid: number; gid: number; umask?: number; additionalGids?: number[] };
  args: string[];
  env: string[];
  cwd: string;
  capabilities?: { bounding: string[]; effective: string[]; inheritable: string[]; permitted: string[]; ambient: string[] };
  rlimits?: { type: string; hard: number; soft: number }[];
  noNewPrivileges?: boolean;
  apparmorProfile?: string;
  selinuxLabel?: string;
  oomScoreAdj?: number;
}
export interface SpecMount { destination: string; type?: string; source?: string; options?: string[]; uidMappings?: SpecIdMap[]; gidMappings?: SpecIdMap[] }
export interface SpecHook { path: string; args?: string[]; env?: string[]; timeout?: number }
export interface SpecIdMap { containerID: number; hostID: number; size: number }
export interface SpecLinux {
  uidMappings?: SpecIdMap[];
  gidMappings?: SpecIdMap[];
  sysctl?: Record<string, string>;
  resources?: SpecResources;
  cgroupsPath?: string;
  namespaces: { type: string; path?: string }[];
  devices?: SpecDevice[];
  seccomp?: unknown;
  rootfsPropagation?: string;
  maskedPaths?: string[];
  readonlyPaths?: string[];
  mountLabel?: string;
  intelRdt?: { closID?: string };
  personality?: { domain: string };
  netDevices?: Record<string, { name: string }>;
}
export interface SpecDevice { type: string; path: string; major: number; minor: number; fileMode?: number; uid?: number; gid?: number }
export interface SpecResources {
  unified?: Record<string, string>;
  devices?: { allow: boolean; type?: string; major?: number; minor?: number; access?: string }[];
  memory?: { limit?: number; reservation?: number; swap?: number; kernel?: number; swappiness?: number; disableOOMKiller?: boolean };
  cpu?: { shares?: number; quota?: number; period?: number; realtimeRuntime?: number; realtimePeriod?: number; cpus?: string; mems?: string };
  pids?: { limit: number };
  blockIO?: unknown;
  hugepageLimits?: { pageSize: string; limit: number }[];
}
