// @table
/** What containers.conf says when it says nothing: Podman 5.8's built-in values. Host-dependent ones are in `load.ts`. */
const everywhere = (name: string): readonly string[] => [
  `/usr/bin/${name}`, `/usr/sbin/${name}`, `/usr/local/bin/${name}`, `/usr/local/sbin/${name}`, `/sbin/${name}`, `/bin/${name}`,
  `/run/current-system/sw/bin/${name}`,
];
const podmanFolders = ["/usr/libexec/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/run/current-system/sw/bin"];
const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const containersDefaults = {
  annotations: [], apparmorProfile: "containers-default-0.67.1", baseHostsFile: "", cgroups: "enabled", cgroupConf: [], containerNameAsHostname: false,
  defaultCapabilities: [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID",
    "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
  ],
  defaultSysctls: [], defaultUlimits: [], devices: [], dnsOptions: [], dnsSearches: [], dnsServers: [], env: [searchPath], envHost: false,
  httpProxy: true, init: false, ipcns: "shareable", keyring: true, labelUsers: false, logSizeMaxBytes: -1, mounts: [], netns: "private",
  noHosts: false, noHostname: false, pidns: "private", pidsLimit: 2048, prepareVolumeOnCreate: false, privileged: false, readOnly: false,
  shmSizeBytes: 65_536_000, umask: "0022", userns: "", usernsSize: 65536, utsns: "private", volumes: [],
} as const;

export const engineDefaults = {
  addCompression: [], cdiSpecDirs: ["/etc/cdi", "/var/run/cdi"], chownCopiedFiles: true, compatApiEnforceDockerHub: true,
  composeProviders: [
    "$HOME/.docker/cli-plugins/docker-compose", "/usr/local/lib/docker/cli-plugins/docker-compose", "/usr/local/libexec/docker/cli-plugins/docker-compose",
    "/usr/lib/docker/cli-plugins/docker-compose", "/usr/libexec/docker/cli-plugins/docker-compose", "docker-compose", "podman-compose",
  ],
  composeWarningLogs: true, compressionFormat: "gzip", conmonEnvVars: [searchPath], conmonPath: podmanFolders.map((folder) => `${folder}/conmon`),
  databaseBackend: "sqlite", detachKeys: "ctrl-p,ctrl-q", enablePortReservation: true, env: [], eventsLogMaxSizeBytes: 1_000_000,
  eventsContainerCreateInspectData: false, exitCommandDelaySeconds: 300, healthcheckEvents: true,
  helperBinariesDir: ["/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman"],
  hooksDir: ["/usr/share/containers/oci/hooks.d"], imageBuildFormat: "oci", imageDefaultFormat: "", imageDefaultTransport: "docker://",
  imageParallelCopies: 0, imageVolumeMode: "anonymous", kubeGenerateType: "pod", lockType: "shm", multiImageArchive: false, namespace: "",
  networkCmdOptions: [], noPivotRoot: false, numLocks: 2048,
  platformToOciRuntime: { "wasi/wasm": "crun-wasm", "wasi/wasm32": "crun-wasm", "wasi/wasm64": "crun-wasm" },
  podExitPolicy: "continue", pullPolicy: "missing", remote: false, retries: 3,
  runtimes: {
    crun: everywhere("crun"),
    "crun-vm": everywhere("crun-vm").filter((path) => path !== "/usr/sbin/crun-vm"),
    "crun-wasm": everywhere("crun-wasm"),
    runc: ["/usr/bin/runc", "/usr/sbin/runc", "/usr/local/bin/runc", "/usr/local/sbin/runc", "/sbin/runc", "/bin/runc", "/usr/lib/cri-o-runc/sbin/runc", "/run/current-system/sw/bin/runc"],
    runj: ["/usr/local/bin/runj"],
    kata: [
      "/usr/bin/kata-runtime", "/usr/sbin/kata-runtime", "/usr/local/bin/kata-runtime", "/usr/local/sbin/kata-runtime", "/sbin/kata-runtime",
      "/bin/kata-runtime", "/usr/bin/kata-qemu", "/usr/bin/kata-fc",
    ],
    runsc: ["/usr/bin/runsc", "/usr/sbin/runsc", "/usr/local/bin/runsc", "/usr/local/sbin/runsc", "/bin/runsc", "/sbin/runsc", "/run/current-system/sw/bin/runsc"],
    youki: ["/usr/local/bin/youki", "/usr/bin/youki", "/bin/youki", "/run/current-system/sw/bin/youki"],
    krun: ["/usr/bin/krun", "/usr/local/bin/krun"],
    ocijail: ["/usr/local/bin/ocijail"],
  },
  runtimeSupportsJson: ["crun", "runc", "kata", "runsc", "youki", "krun", "ocijail"],
  runtimeSupportsKvm: ["kata", "kata-runtime", "kata-qemu", "kata-fc", "krun"], runtimeSupportsNoCgroup: ["crun", "krun"],
  runtimesFlags: [], runtimesFlagsByName: {}, serviceDestinations: {}, serviceTimeoutSeconds: 5, stopTimeoutSeconds: 10,
  volumePluginTimeoutSeconds: 5, volumePlugins: {}, podmanshTimeoutSeconds: 30,
} as const;

const pluginFolders = ["/usr/local/libexec/netavark", "/usr/libexec/netavark", "/usr/local/lib/netavark", "/usr/lib/netavark"];
export const networkDefaults = {
  backend: "netavark", defaultNetwork: "podman", defaultSubnet: "10.88.0.0/16",
  defaultSubnetPools: [
    { base: "10.89.0.0/16", size: 24 }, { base: "10.90.0.0/15", size: 24 }, { base: "10.92.0.0/14", size: 24 }, { base: "10.96.0.0/11", size: 24 },
    { base: "10.128.0.0/9", size: 24 },
  ],
  defaultRootlessNetworkCmd: "pasta", dnsBindPort: 0, defaultHostIps: [], pastaOptions: [], netavarkPluginDirs: pluginFolders,
} as const;

/** In the order of preference when no runtime is configured. */
export const runtimePreference = ["crun", "runc", "runj", "kata", "runsc", "ocijail"] as const;
