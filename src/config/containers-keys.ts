// @table
/** Every key of containers.conf(5): its type and the field it fills. Keys that are not here are reported at debug level only. */
export type KeyKind = "string" | "bool" | "int" | "uint" | "list" | "stringMap" | "listMap" | "tables" | "ramSize" | "humanSize" | "any";
export type KeyTable = Readonly<Record<string, readonly [kind: KeyKind, field: string]>>;

export const containersKeys: KeyTable = {
  annotations: ["list", "annotations"], apparmor_profile: ["string", "apparmorProfile"], base_hosts_file: ["string", "baseHostsFile"],
  cgroup_conf: ["list", "cgroupConf"], cgroupns: ["string", "cgroupns"], cgroups: ["string", "cgroups"],
  container_name_as_hostname: ["bool", "containerNameAsHostname"], default_capabilities: ["list", "defaultCapabilities"],
  default_sysctls: ["list", "defaultSysctls"], default_ulimits: ["list", "defaultUlimits"], devices: ["list", "devices"],
  dns_options: ["list", "dnsOptions"], dns_searches: ["list", "dnsSearches"], dns_servers: ["list", "dnsServers"], env: ["list", "env"],
  env_host: ["bool", "envHost"], host_containers_internal_ip: ["string", "hostContainersInternalIp"], http_proxy: ["bool", "httpProxy"],
  init: ["bool", "init"], init_path: ["string", "initPath"], interface_name: ["string", "interfaceName"], ipcns: ["string", "ipcns"],
  keyring: ["bool", "keyring"], label: ["bool", "label"], label_users: ["bool", "labelUsers"], log_driver: ["string", "logDriver"],
  log_path: ["string", "logPath"], log_size_max: ["int", "logSizeMaxBytes"], log_tag: ["string", "logTag"], mounts: ["list", "mounts"],
  netns: ["string", "netns"], no_hosts: ["bool", "noHosts"], no_hostname: ["bool", "noHostname"], oom_score_adj: ["int", "oomScoreAdj"],
  pidns: ["string", "pidns"], pids_limit: ["int", "pidsLimit"], prepare_volume_on_create: ["bool", "prepareVolumeOnCreate"],
  privileged: ["bool", "privileged"], read_only: ["bool", "readOnly"], seccomp_profile: ["string", "seccompProfile"],
  shm_size: ["ramSize", "shmSizeBytes"], tz: ["string", "timezone"], umask: ["string", "umask"], userns: ["string", "userns"],
  userns_size: ["int", "usernsSize"], utsns: ["string", "utsns"], volumes: ["list", "volumes"],
};

export const engineKeys: KeyTable = {
  active_service: ["string", "activeService"], add_compression: ["list", "addCompression"], cdi_spec_dirs: ["list", "cdiSpecDirs"],
  cgroup_check: ["bool", "cgroupCheck"], cgroup_manager: ["string", "cgroupManager"], chown_copied_files: ["bool", "chownCopiedFiles"],
  compat_api_enforce_docker_hub: ["bool", "compatApiEnforceDockerHub"], compose_providers: ["list", "composeProviders"],
  compose_warning_logs: ["bool", "composeWarningLogs"], compression_format: ["string", "compressionFormat"],
  compression_level: ["int", "compressionLevel"], conmon_env_vars: ["list", "conmonEnvVars"], conmon_path: ["list", "conmonPath"],
  conmonrs_path: ["list", "conmonrsPath"], database_backend: ["string", "databaseBackend"], detach_keys: ["string", "detachKeys"],
  enable_port_reservation: ["bool", "enablePortReservation"], env: ["list", "env"],
  events_container_create_inspect_data: ["bool", "eventsContainerCreateInspectData"], events_logfile_max_size: ["humanSize", "eventsLogMaxSizeBytes"],
  events_logfile_path: ["string", "eventsLogFilePath"], events_logger: ["string", "eventsLogger"], exit_command_delay: ["uint", "exitCommandDelaySeconds"],
  healthcheck_events: ["bool", "healthcheckEvents"], helper_binaries_dir: ["list", "helperBinariesDir"], hooks_dir: ["list", "hooksDir"],
  image_build_format: ["string", "imageBuildFormat"], image_copy_tmp_dir: ["string", "imageCopyTmpDir"],
  image_default_format: ["string", "imageDefaultFormat"], image_default_transport: ["string", "imageDefaultTransport"],
  image_parallel_copies: ["uint", "imageParallelCopies"], image_volume_mode: ["string", "imageVolumeMode"],
  infra_command: ["string", "infraCommand"], infra_image: ["string", "infraImage"], init_path: ["string", "initPath"],
  kube_generate_type: ["string", "kubeGenerateType"], lock_type: ["string", "lockType"], multi_image_archive: ["bool", "multiImageArchive"],
  namespace: ["string", "namespace"], network_cmd_options: ["list", "networkCmdOptions"], network_cmd_path: ["string", "networkCmdPath"],
  no_pivot_root: ["bool", "noPivotRoot"], num_locks: ["uint", "numLocks"], platform_to_oci_runtime: ["stringMap", "platformToOciRuntime"],
  pod_exit_policy: ["string", "podExitPolicy"], podmansh_timeout: ["uint", "podmanshTimeoutSeconds"], pull_policy: ["string", "pullPolicy"],
  remote: ["bool", "remote"], remote_identity: ["string", "remoteIdentity"], remote_uri: ["string", "remoteUri"], retry: ["uint", "retries"],
  retry_delay: ["string", "retryDelay"], runtime: ["string", "runtime"], runtime_path: ["list", "runtimePath"],
  runtime_supports_json: ["list", "runtimeSupportsJson"], runtime_supports_kvm: ["list", "runtimeSupportsKvm"],
  runtime_supports_nocgroup: ["list", "runtimeSupportsNoCgroup"], runtimes: ["listMap", "runtimes"], runtimes_flags: ["listMap", "runtimesFlagsByName"],
  service_destinations: ["tables", "serviceDestinations"], service_timeout: ["uint", "serviceTimeoutSeconds"], ssh_config: ["string", "sshConfig"],
  static_dir: ["string", "staticDir"], stop_timeout: ["uint", "stopTimeoutSeconds"], tmp_dir: ["string", "tmpDir"],
  volume_path: ["string", "volumePath"], volume_plugin_timeout: ["uint", "volumePluginTimeoutSeconds"], volume_plugins: ["stringMap", "volumePlugins"],
};

export const networkKeys: KeyTable = {
  cni_plugin_dirs: ["list", "cniPluginDirs"], default_network: ["string", "defaultNetwork"],
  default_rootless_network_cmd: ["string", "defaultRootlessNetworkCmd"], default_subnet: ["string", "defaultSubnet"],
  default_host_ips: ["list", "defaultHostIps"], default_subnet_pools: ["any", "defaultSubnetPools"], dns_bind_port: ["uint", "dnsBindPort"], firewall_driver: ["string", "firewallDriver"],
  netavark_plugin_dirs: ["list", "netavarkPluginDirs"], network_backend: ["string", "backend"], network_config_dir: ["string", "networkConfigDir"],
  pasta_options: ["list", "pastaOptions"],
};

export const secretsKeys: KeyTable = { driver: ["string", "driver"], opts: ["stringMap", "options"] };
export const podmanshKeys: KeyTable = { shell: ["string", "shell"], container: ["string", "container"], timeout: ["uint", "timeoutSeconds"] };
export const farmsKeys: KeyTable = { default: ["string", "default"], list: ["listMap", "list"] };
export const machineKeys: KeyTable = {
  cpus: ["uint", "cpus"], disk_size: ["uint", "diskSizeGiB"], image: ["string", "image"], memory: ["uint", "memoryMiB"], provider: ["string", "provider"],
  rosetta: ["bool", "rosetta"], user: ["string", "user"], volumes: ["list", "volumes"],
};
