/** The `host` part of info. */
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, freemem, hostname, release, totalmem, uptime } from "node:os";
import type { HostInfo, InfoIdMap } from "../../contract/types/info.ts";
import type { EngineContext } from "../../engine/context.ts";
import { describePrograms, locate } from "./programs.ts";

const goArch: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
/** The Buildah release whose build behaviour Podman 5.8 has. */
const buildahVersion = "1.43.2";
const empty = { package: "", path: "", version: "" };

export async function hostInfo(context: EngineContext): Promise<HostInfo> {
  const { config, env } = context;
  const runtime = await context.runtime();
  const paths = {
    conmon: config.engine.conmonPath.find((path) => existsSync(path)) ?? locate("conmon", [], env),
    netavark: locate("netavark", config.engine.helperBinariesDir, env), aardvark: locate("aardvark-dns", config.engine.helperBinariesDir, env),
    slirp4netns: locate("slirp4netns", [], env), pasta: locate("pasta", [], env),
  };
  const programs = await describePrograms([runtime.path, ...Object.values(paths)]);
  const program = (path: string): typeof empty => programs.get(path) ?? empty;
  const executable = (path: string): { executable: string; package: string; version: string } => ({ executable: path, package: program(path).package, version: program(path).version });
  return {
    arch: goArch[arch()] ?? arch(), buildahVersion, ...cgroups(config.engine.cgroupManager),
    conmon: program(paths.conmon), cpus: cpus().length, cpuUtilization: utilization(), databaseBackend: config.engine.databaseBackend,
    distribution: distribution(), eventLogger: config.engine.eventsLogger, freeLocks: config.engine.numLocks, hostname: hostname(), idMappings: config.rootless ? ownMappings() : { gidmap: null, uidmap: null },
    kernel: release(), logDriver: config.containers.logDriver, memFree: freemem(), memTotal: totalmem(),
    networkBackend: "netavark",
    networkBackendInfo: { backend: "netavark", ...program(paths.netavark), dns: program(paths.aardvark), defaultNetwork: config.network.defaultNetwork },
    ociRuntime: { name: runtime.name, ...program(runtime.path) }, os: "linux", remoteSocket: remoteSocket(config.rootless, env),
    rootlessNetworkCmd: config.network.defaultRootlessNetworkCmd, serviceIsRemote: false, security: security(context),
    slirp4netns: executable(paths.slirp4netns), pasta: executable(paths.pasta),
    ...swap(), uptime: formatUptime(uptime()), variant: "", linkmode: "dynamic",
  };
}

function cgroups(cgroupManager: string): Pick<HostInfo, "cgroupManager" | "cgroupVersion" | "cgroupControllers"> {
  const file = "/sys/fs/cgroup/cgroup.controllers";
  const isUnified = existsSync(file);
  return { cgroupManager, cgroupVersion: isUnified ? "v2" : "v1", cgroupControllers: isUnified ? words(readFileSync(file, "utf8")) : [] };
}
const words = (text: string): string[] => text.trim().split(/\s+/).filter((word) => word !== "");

/** Since boot, in percent with two digits, as Podman's. */
function utilization(): HostInfo["cpuUtilization"] {
  const [, ...fields] = words(readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "");
  const ticks = fields.map(Number);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  const percent = (value = 0): number => Math.round(value / total * 10_000) / 100;
  return { userPercent: percent(ticks[0]), systemPercent: percent(ticks[2]), idlePercent: percent(ticks[3]) };
}

function distribution(): HostInfo["distribution"] {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find((candidate) => existsSync(candidate));
  const lines = path === undefined ? [] : readFileSync(path, "utf8").split("\n");
  const values = new Map(lines.map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1).replaceAll(/^["']|["']$/g, "")]));
  const [variant, codename] = [values.get("VARIANT_ID"), values.get("VERSION_CODENAME")];
  return { distribution: values.get("ID") ?? "unknown", ...(variant && { variant }), version: values.get("VERSION_ID") ?? "unknown", ...(codename && { codename }) };
}

function ownMappings(): HostInfo["idMappings"] {
  const read = (path: string): InfoIdMap[] => readFileSync(path, "utf8").trim().split("\n").map((line) => {
    const [container_id = 0, host_id = 0, size = 0] = words(line).map(Number);
    return { container_id, host_id, size };
  });
  return { gidmap: read("/proc/self/gid_map"), uidmap: read("/proc/self/uid_map") };
}

function remoteSocket(rootless: boolean, env: EngineContext["env"]): HostInfo["remoteSocket"] {
  const path = `${rootless ? env["XDG_RUNTIME_DIR"] ?? "/run" : "/run"}/podman/podman.sock`;
  return { path, exists: existsSync(path) };
}

function security({ config }: EngineContext): HostInfo["security"] {
  const status = readFileSync("/proc/self/status", "utf8");
  const apparmor = "/sys/module/apparmor/parameters/enabled";
  const profiles = ["/usr/share/containers/seccomp.json", "/etc/containers/seccomp.json"];
  return {
    apparmorEnabled: !config.rootless && existsSync(apparmor) && readFileSync(apparmor, "utf8").startsWith("Y"),
    capabilities: config.containers.defaultCapabilities.join(","), rootless: config.rootless,
    seccompEnabled: /^Seccomp:/m.test(status), seccompProfilePath: config.containers.seccompProfile ?? profiles.find((path) => existsSync(path)) ?? "",
    selinuxEnabled: existsSync("/sys/fs/selinux/enforce"),
  };
}

function swap(): Pick<HostInfo, "swapFree" | "swapTotal"> {
  const meminfo = readFileSync("/proc/meminfo", "utf8");
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
  return { swapFree: bytes("SwapFree"), swapTotal: bytes("SwapTotal") };
}

/** `1h 2m 3.00s (Approximately 0.04 days)`. */
function formatUptime(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const text = `${hours}h ${minutes}m ${(seconds % 60).toFixed(2)}s`;
  return hours >= 1 ? `${text} (Approximately ${(seconds / 86_400).toFixed(2)} days)` : text;
}
