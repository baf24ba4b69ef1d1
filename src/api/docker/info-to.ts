/** `GET /info` of the Docker Engine API. Pure. */
import type { InfoReport } from "../../contract/types/info.ts";
import type { VersionReport } from "../../contract/system/version.ts";

export function infoToDocker({ host, store, version, plugins }: InfoReport, now: Date): Readonly<Record<string, unknown>> {
  const { containerStore } = store;
  const has = (controller: string): boolean => host.cgroupControllers.includes(controller);
  return {
    ID: host.hostname, Containers: containerStore.number, ContainersRunning: containerStore.running, ContainersPaused: containerStore.paused, ContainersStopped: containerStore.stopped, Images: store.imageStore.number,
    Driver: store.graphDriverName, DriverStatus: Object.entries(store.graphStatus), Plugins: { Volume: plugins.volume, Network: plugins.network, Authorization: plugins.authorization, Log: plugins.log },
    MemoryLimit: has("memory"), SwapLimit: has("memory"), CpuCfsPeriod: has("cpu"), CpuCfsQuota: has("cpu"), CPUShares: has("cpu"), CPUSet: has("cpuset"), PidsLimit: has("pids"), IPv4Forwarding: true, Debug: false, NFd: 0,
    OomKillDisable: false, NGoroutines: 0, SystemTime: now.toISOString(), LoggingDriver: host.logDriver, CgroupDriver: host.cgroupManager, NEventsListener: 0, KernelVersion: host.kernel,
    OperatingSystem: host.distribution.distribution, OSVersion: host.distribution.version, OSType: host.os, Architecture: host.arch, IndexServerAddress: "", RegistryConfig: { IndexConfigs: {}, InsecureRegistryCIDRs: [], Mirrors: [] },
    NCPU: host.cpus, MemTotal: host.memTotal, GenericResources: null, DockerRootDir: store.graphRoot, HttpProxy: "", HttpsProxy: "", NoProxy: "", Name: host.hostname, Labels: null, ExperimentalBuild: true,
    ServerVersion: serverVersion(version), Runtimes: { [host.ociRuntime.name]: { path: host.ociRuntime.path } }, DefaultRuntime: host.ociRuntime.name,
    Swarm: { NodeID: "", NodeAddr: "", LocalNodeState: "inactive", ControlAvailable: false, Error: "", RemoteManagers: null }, LiveRestoreEnabled: false, Isolation: "", InitBinary: "",
    ContainerdCommit: { ID: "" }, RuncCommit: { ID: "" }, InitCommit: { ID: "" }, SecurityOptions: securityOptions(host.security), ProductLicense: "Apache-2.0", CDISpecDirs: null, Warnings: [],
    BuildahVersion: host.buildahVersion, CPURealtimePeriod: false, CPURealtimeRuntime: false, CgroupVersion: host.cgroupVersion.replace(/^v/, ""), Rootless: host.security.rootless,
    SwapFree: host.swapFree, SwapTotal: host.swapTotal, Uptime: host.uptime,
  };
}

const serverVersion = ({ Version }: VersionReport): string => Version;

function securityOptions({ apparmorEnabled, seccompEnabled, seccompProfilePath, selinuxEnabled, rootless }: InfoReport["host"]["security"]): readonly string[] {
  return [
    ...(apparmorEnabled ? ["name=apparmor"] : []), ...(seccompEnabled ? [`name=seccomp,profile=${seccompProfilePath === "" ? "default" : seccompProfilePath}`] : []),
    ...(selinuxEnabled ? ["name=selinux"] : []), ...(rootless ? ["name=rootless"] : []),
  ];
}
