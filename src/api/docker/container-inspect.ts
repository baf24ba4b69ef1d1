/** `GET /containers/{name}/json`. Pure. */
import type { InspectContainer, InspectHostConfig } from "../../contract/types/container-inspect.ts";
import { parseSignal } from "../../formats/create/signal.ts";
import { mountsToDocker } from "./container-list.ts";
import { endpointsToDocker } from "./endpoint.ts";

type Json = Readonly<Record<string, unknown>>;

export function inspectToDocker(full: InspectContainer): Json {
  const { Id, Image, ResolvConfPath, HostnamePath, HostsPath, RestartCount, Driver, MountLabel, ProcessLabel, AppArmorProfile, ExecIDs, GraphDriver, SizeRw, SizeRootFs, Path, Args, HostConfig } = full;
  return {
    Id, Created: utc(full.Created), Path, Args, State: state(full), Image: Image === "" ? "" : `sha256:${Image.replace(/^sha256:/, "")}`, ResolvConfPath, HostnamePath, HostsPath,
    LogPath: HostConfig.LogConfig.Path, Name: `/${full.Name}`, RestartCount, Driver, Platform: "linux", MountLabel, ProcessLabel, AppArmorProfile, ExecIDs, HostConfig: hostConfig(HostConfig),
    GraphDriver, ...(SizeRw !== undefined && { SizeRw }), SizeRootFs: SizeRootFs ?? 0, Mounts: mountsToDocker(full.Mounts), Config: config(full), NetworkSettings: networkSettings(full),
  };
}

/** Docker speaks UTC. Go's zero time has no place in a Date. */
function utc(time: string): string {
  const match = /^(.*?)(\.\d+)?([+-]\d\d:\d\d)$/.exec(time);
  if (match?.[1] === undefined || match[3] === undefined || time.startsWith("0001-")) return time;
  return `${new Date(`${match[1]}${match[3]}`).toISOString().slice(0, 19)}${match[2] ?? ""}Z`;
}

const words: Readonly<Record<string, string>> = { initialized: "created", configured: "created", created: "created", stopping: "running", running: "running", paused: "paused", removing: "removing", stopped: "exited", exited: "exited" };
function state({ State: state }: InspectContainer): Json {
  const { Status, Running, Paused, Restarting, OOMKilled, Dead, Pid, ExitCode, Error: error, StartedAt, FinishedAt, Health } = state;
  const status = words[Status] ?? "";
  return {
    Status: status, Running: Running || Paused, Paused, Restarting, OOMKilled, Dead, Pid, ExitCode, Error: error, StartedAt: utc(StartedAt), FinishedAt: utc(FinishedAt),
    ...(Health !== undefined && status !== "created" && { Health: { Status: Health.Status, FailingStreak: Health.FailingStreak, Log: Health.Log ?? [] } }),
  };
}

const plain = (capabilities: readonly string[]): readonly string[] => capabilities.map((name) => name.replace(/^CAP_/, ""));
function hostConfig(host: InspectHostConfig): Json {
  // Fields that Docker does not know stay away: strict clients refuse them.
  const { CgroupManager: _manager, CgroupMode, Cgroups: _cgroups, AutoRemoveImage: _image, HostsFile: _hosts, IDMappings: _maps, CgroupConf: _conf, DiskQuota: _quota, KernelMemory: _kernel, LogConfig, ...rest } = host;
  return {
    ...rest, Binds: [...host.Binds].toSorted(), CapAdd: plain(host.CapAdd), CapDrop: plain(host.CapDrop), LogConfig: { Type: LogConfig.Type === "k8s-file" ? "json-file" : LogConfig.Type, Config: LogConfig.Config },
    CgroupnsMode: CgroupMode === "private" || CgroupMode === "host" ? CgroupMode : "", DeviceCgroupRules: null, DeviceRequests: null, MaskedPaths: null, ReadonlyPaths: null,
  };
}

function config({ Config: config }: InspectContainer): Json {
  const { Hostname, Domainname, User, AttachStdin, AttachStdout, AttachStderr, ExposedPorts, Tty, OpenStdin, StdinOnce, Env, Cmd, Healthcheck, Image, WorkingDir, Entrypoint, Labels, StopSignal, StopTimeout } = config;
  return {
    Hostname, Domainname, User, AttachStdin, AttachStdout, AttachStderr, ...(ExposedPorts !== undefined && { ExposedPorts }), Tty, OpenStdin, StdinOnce, Env, Cmd: Cmd ?? [],
    ...(Healthcheck !== undefined && { Healthcheck }), Image, Volumes: null, WorkingDir, Entrypoint: Entrypoint ?? [], OnBuild: null, Labels: Labels ?? {}, StopSignal: signalNumber(StopSignal), StopTimeout,
  };
}
function signalNumber(name: string): string {
  try { return String(parseSignal(name)); } catch { return name; }
}

function networkSettings({ NetworkSettings: { SecondaryIPAddresses, SecondaryIPv6Addresses, Networks, AdditionalMACAddresses: _macs, ...rest } }: InspectContainer): Json {
  return { ...rest, SecondaryIPAddresses: SecondaryIPAddresses?.map(address) ?? null, SecondaryIPv6Addresses: SecondaryIPv6Addresses?.map(address) ?? null, Networks: endpointsToDocker(Networks) };
}
const address = ({ Addr, PrefixLength }: { readonly Addr: string; readonly PrefixLength: number }): Json => ({ Addr, PrefixLen: PrefixLength });
