/**
 * Configuration after all files, environment and global flags are merged: what the rest of the engine reads. Files and
 * precedence as in containers.conf(5), storage.conf(5), containers-registries.conf(5). Loaded lazily per file: `ps` needs
 * neither registries.conf nor policy.json.
 */
export interface EngineConfig {
  readonly rootless: boolean;
  readonly uid: number;
  readonly storage: StorageConfig;
  readonly containers: ContainersSection;
  readonly engine: EngineSection;
  readonly network: NetworkSection;
  readonly secrets: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly machine: Readonly<Record<string, unknown>>;
  readonly farms: Readonly<Record<string, unknown>>;
  readonly podmansh: { readonly shell: string; readonly container: string; readonly timeoutSeconds: number };
  readonly paths: EnginePaths;
  /** Absolute paths of the modules of `--module`, for the exit command. */
  readonly loadedModules: readonly string[];
  /** Sentences for the log at warn level: a fallback that the user should know of. */
  readonly warnings: readonly string[];
  /** Sentences for the log at debug level: unknown keys and files merged. */
  readonly debug: readonly string[];
}

/** The part of the global flags that changes the configuration; `cli/kit` GlobalOptions is assignable to it. */
export interface GlobalOverrides {
  readonly root?: string | undefined;
  readonly runroot?: string | undefined;
  readonly tmpdir?: string | undefined;
  readonly imagestore?: string | undefined;
  readonly storageDriver?: string | undefined;
  readonly storageOpts?: readonly string[];
  /** `key=value`, instead of the file's value. */
  readonly pullOptions?: readonly string[];
  readonly cgroupManager?: string | undefined;
  readonly conmon?: string | undefined;
  readonly runtime?: string | undefined;
  readonly runtimeFlags?: readonly string[];
  readonly networkCmdPath?: string | undefined;
  readonly networkConfigDir?: string | undefined;
  readonly volumePath?: string | undefined;
  readonly hooksDirs?: readonly string[];
  readonly eventsBackend?: string | undefined;
  readonly cdiSpecDirs?: readonly string[];
  readonly modules?: readonly string[];
  readonly transientStore?: boolean;
  readonly defaultMountsFile?: string | undefined;
  readonly syslog?: boolean;
}

export interface StorageConfig {
  readonly driver: string;
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly imageStore?: string;
  readonly additionalImageStores: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly mountProgram?: string;
  readonly mountOptions?: string;
  readonly transient: boolean;
  /** `pull_options`: `enable_partial_images` and the like, as text. */
  readonly pullOptions: Readonly<Record<string, string>>;
  /** Files the values came from, for `info`. */
  readonly configFile: string;
}

/** `[containers]`. */
export interface ContainersSection {
  readonly annotations: readonly string[];
  readonly apparmorProfile?: string;
  readonly baseHostsFile: string;
  readonly containerNameAsHostname: boolean;
  readonly cgroups: "enabled" | "disabled" | "no-conmon" | "split";
  readonly cgroupConf: readonly string[];
  readonly cgroupns: string;
  readonly defaultCapabilities: readonly string[];
  /** Instead of the usual mounts.conf (--default-mounts-file). */
  readonly defaultMountsFile?: string;
  readonly defaultSysctls: readonly string[];
  readonly defaultUlimits: readonly string[];
  readonly devices: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearches: readonly string[];
  readonly dnsServers: readonly string[];
  readonly env: readonly string[];
  readonly envHost: boolean;
  readonly hostContainersInternalIp?: string;
  readonly httpProxy: boolean;
  readonly init: boolean;
  readonly initPath?: string;
  readonly interfaceName?: string;
  readonly ipcns: string;
  readonly keyring: boolean;
  readonly label: boolean;
  readonly labelUsers: boolean;
  readonly logDriver: string;
  readonly logPath?: string;
  readonly logSizeMaxBytes: number;
  readonly logTag?: string;
  readonly mounts: readonly string[];
  readonly netns: string;
  readonly noHosts: boolean;
  readonly noHostname: boolean;
  readonly oomScoreAdj?: number;
  readonly pidns: string;
  readonly pidsLimit: number;
  readonly prepareVolumeOnCreate: boolean;
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly rootlessNetworkCmd: string;
  readonly seccompProfile?: string;
  readonly shmSizeBytes: number;
  readonly timezone?: string;
  readonly umask: string;
  readonly userns: string;
  readonly usernsSize: number;
  readonly utsns: string;
  readonly volumes: readonly string[];
}

/** `[engine]`. */
export interface EngineSection {
  readonly activeService?: string;
  readonly addCompression: readonly string[];
  readonly cgroupManager: "systemd" | "cgroupfs";
  readonly cdiSpecDirs: readonly string[];
  readonly chownCopiedFiles: boolean;
  readonly compatApiEnforceDockerHub: boolean;
  readonly composeProviders: readonly string[];
  readonly composeWarningLogs: boolean;
  readonly compressionFormat: string;
  readonly compressionLevel?: number;
  readonly conmonEnvVars: readonly string[];
  readonly conmonPath: readonly string[];
  readonly databaseBackend: string;
  readonly detachKeys: string;
  readonly enablePortReservation: boolean;
  readonly env: readonly string[];
  readonly eventsLogger: "journald" | "file" | "none";
  readonly eventsLogFilePath?: string;
  readonly eventsLogMaxSizeBytes: number;
  readonly eventsContainerCreateInspectData: boolean;
  readonly exitCommandDelaySeconds: number;
  readonly healthcheckEvents: boolean;
  readonly helperBinariesDir: readonly string[];
  readonly hooksDir: readonly string[];
  readonly imageBuildFormat: string;
  /** Directory for blobs in flight; `storage` of the file is resolved to a path below the graph root. */
  readonly imageCopyTmpDir: string;
  readonly imageDefaultTransport: string;
  readonly imageDefaultFormat: string;
  readonly imageParallelCopies: number;
  readonly imageVolumeMode: "anonymous" | "tmpfs" | "ignore";
  readonly infraCommand?: string;
  readonly infraImage?: string;
  readonly initPath?: string;
  readonly kubeGenerateType: string;
  readonly lockType: string;
  readonly multiImageArchive: boolean;
  readonly namespace: string;
  readonly networkCmdOptions: readonly string[];
  readonly networkCmdPath?: string;
  readonly noPivotRoot: boolean;
  readonly numLocks: number;
  readonly platformToOciRuntime: Readonly<Record<string, string>>;
  readonly podExitPolicy: string;
  readonly pullPolicy: string;
  readonly remote: boolean;
  readonly remoteIdentity?: string;
  readonly remoteUri?: string;
  readonly retries: number;
  readonly retryDelay?: string;
  readonly runtime: string;
  readonly runtimes: Readonly<Record<string, readonly string[]>>;
  readonly runtimeSupportsJson: readonly string[];
  readonly runtimeSupportsKvm: readonly string[];
  readonly runtimeSupportsNoCgroup: readonly string[];
  /** From `--runtime-flag`, for every runtime; each with its leading dashes. */
  readonly runtimesFlags: readonly string[];
  /** `[engine.runtimes_flags]`: further flags by runtime name, each with its leading dashes. */
  readonly runtimesFlagsByName: Readonly<Record<string, readonly string[]>>;
  readonly serviceDestinations: Readonly<Record<string, { readonly uri: string; readonly identity?: string; readonly isMachine?: boolean }>>;
  readonly serviceTimeoutSeconds: number;
  readonly signaturePolicyPath: string;
  readonly sshConfig: string;
  readonly staticDir?: string;
  readonly stopTimeoutSeconds: number;
  readonly tmpDir: string;
  readonly volumePath: string;
  readonly volumePluginTimeoutSeconds: number;
  readonly volumePlugins: Readonly<Record<string, string>>;
}

/** `[network]`. */
export interface NetworkSection {
  readonly backend: string;
  readonly firewallDriver?: string;
  readonly defaultNetwork: string;
  readonly defaultSubnet: string;
  readonly defaultSubnetPools: readonly { readonly base: string; readonly size: number }[];
  readonly defaultRootlessNetworkCmd: string;
  readonly networkConfigDir: string;
  readonly dnsBindPort: number;
  /** Addresses of the host for published ports that name none. */
  readonly defaultHostIps: readonly string[];
  readonly pastaOptions: readonly string[];
  readonly netavarkPluginDirs: readonly string[];
}

/** Directories that follow from the above. */
export interface EnginePaths {
  /** `/run/libpod` or `$XDG_RUNTIME_DIR/libpod/tmp`: alive marker, exits, locks. */
  readonly tmpDir: string;
  /** `<graphroot>/libpod`. */
  readonly staticDir: string;
  /** State database. */
  readonly database: string;
  /** OFD lock files, one per object; on tmpfs. */
  readonly lockDir: string;
  readonly exitDir: string;
  readonly persistDir: string;
  readonly volumePath: string;
  readonly eventsFile: string;
  /** Where pinned network namespaces live: `/run/netns`, or below the runtime dir. */
  readonly netnsDir: string;
}
