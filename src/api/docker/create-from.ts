/** Docker's create body → ContainerCreate. Pure. The rules are those of Podman's compat API: what Docker says in numbers and lists, Podman's flags say in words. */
import { EngineError } from "../../base/errors.ts";
import type { ContainerCreate, DeviceRate, HealthCreate, NamespacesCreate, ResourcesCreate, SecurityCreate } from "../../contract/types/container-create.ts";
import { parseNamespace, parseUserNamespace } from "../../formats/create/namespace.ts";
import { parseEnvironment } from "../../formats/create/pairs.ts";
import { parseSecurityOptions } from "../../formats/create/security.ts";
import { parseSize } from "../../formats/create/size.ts";
import { networkFromDocker } from "./create-network-from.ts";
import { storageFromDocker } from "./create-storage-from.ts";
import { count, filled, list, present, some } from "./given.ts";
import type { DockerCreate, DockerHealth, DockerHostConfig, DockerRate, DockerResources, Maybe } from "./types.ts";

/** `name` is the query's. `image` is the normalised reference. @throws invalid-argument */
export function fromDocker(wire: DockerCreate, name: string | undefined, image: string): ContainerCreate {
  const host = wire.HostConfig ?? {};
  if ((host.Links ?? []).length > 0) throw new EngineError("invalid-argument", "bad parameter: link is not supported");
  return present<ContainerCreate>({
    name, image, command: words(wire.Cmd), entrypoint: wire.Entrypoint === null || wire.Entrypoint === undefined ? undefined : entrypoint(wire.Entrypoint),
    env: some(parseEnvironment(wire.Env ?? [], {})), labels: some(wire.Labels), annotations: some(host.Annotations), workdir: filled(wire.WorkingDir), user: filled(wire.User),
    hostname: filled(wire.Hostname), terminal: wire.Tty === true ? true : undefined, stdin: wire.OpenStdin === true ? true : undefined, remove: host.AutoRemove === true ? true : undefined,
    groupAdd: list(host.GroupAdd), stopSignal: filled(wire.StopSignal), stopTimeoutSeconds: wire.StopTimeout ?? undefined, init: host.Init === true ? true : undefined,
    restart: restart(host), log: log(host), security: security(host), namespaces: namespaces(host), network: networkFromDocker(wire), storage: storageFromDocker(wire),
    resources: present<ResourcesCreate>({ ...limitsFromDocker(host), oomScoreAdj: host.OomScoreAdj === 0 ? undefined : host.OomScoreAdj, cgroupParent: filled(host.CgroupParent) }),
    health: health(wire.Healthcheck), imageVolumeMode: "anonymous",
  });
}

function words(value: Maybe<readonly string[] | string>): readonly string[] | undefined {
  return typeof value === "string" ? [value] : list(value);
}
const entrypoint = (value: readonly string[] | string): readonly string[] => (typeof value === "string" ? [value] : value.length === 1 && value[0] === "" ? [] : value);

function restart({ RestartPolicy: policy }: DockerHostConfig): ContainerCreate["restart"] {
  const name = filled(policy?.Name);
  if (name === undefined) return undefined;
  if (name !== "no" && name !== "always" && name !== "on-failure" && name !== "unless-stopped") throw new EngineError("invalid-argument", `"${name}" is not a valid restart policy: invalid argument`);
  const retries = policy?.MaximumRetryCount ?? 0;
  return { policy: name, ...(name === "on-failure" && retries > 0 && { maxRetries: retries }) };
}

function log({ LogConfig: config }: DockerHostConfig): ContainerCreate["log"] {
  const options = config?.Config ?? {};
  const part = present<NonNullable<ContainerCreate["log"]>>({
    driver: filled(config?.Type), path: filled(options["path"]), tag: filled(options["tag"]), maxSizeBytes: filled(options["max-size"]) === undefined ? undefined : parseSize(options["max-size"] ?? ""),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

function security(host: DockerHostConfig): SecurityCreate | undefined {
  const part = present<SecurityCreate>({
    ...parseSecurityOptions(host.SecurityOpt ?? []), privileged: host.Privileged === true ? true : undefined, capAdd: list(host.CapAdd), capDrop: list(host.CapDrop),
    readOnly: host.ReadonlyRootfs === true ? true : undefined, sysctls: some(host.Sysctls),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

function namespaces(host: DockerHostConfig): NamespacesCreate | undefined {
  const part = present<NamespacesCreate>({
    pid: parseNamespace("pid", host.PidMode ?? ""), ipc: parseNamespace("ipc", host.IpcMode ?? ""), uts: parseNamespace("uts", host.UTSMode ?? ""),
    cgroup: parseNamespace("cgroup", host.CgroupnsMode ?? ""), user: parseUserNamespace(host.UsernsMode ?? ""),
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

const rates = (wire: Maybe<readonly DockerRate[]>): readonly DeviceRate[] | undefined => list(wire)?.map(({ Path, Rate }) => ({ path: Path, rate: Rate }));
/** Docker's period for `--cpus`. */
const periodMicros = 100_000;

/** Limits of create and update; 0 means "not given". @throws invalid-argument */
export function limitsFromDocker(wire: DockerResources): ResourcesCreate {
  const nano = wire.NanoCpus ?? 0;
  if (nano > 0 && (count(wire.CpuPeriod) !== undefined || count(wire.CpuQuota) !== undefined)) throw new EngineError("invalid-argument", "NanoCpus conflicts with CpuPeriod and CpuQuota");
  return present<ResourcesCreate>({
    cpuPeriodMicros: nano > 0 ? periodMicros : count(wire.CpuPeriod), cpuQuotaMicros: nano > 0 ? Math.trunc(nano / 10_000) : count(wire.CpuQuota), cpuShares: count(wire.CpuShares),
    cpuRtPeriodMicros: count(wire.CpuRealtimePeriod), cpuRtRuntimeMicros: count(wire.CpuRealtimeRuntime), cpusetCpus: filled(wire.CpusetCpus), cpusetMems: filled(wire.CpusetMems),
    memoryBytes: count(wire.Memory), memoryReservationBytes: count(wire.MemoryReservation), memorySwapBytes: count(wire.MemorySwap),
    memorySwappiness: wire.MemorySwappiness === null || wire.MemorySwappiness === -1 ? undefined : wire.MemorySwappiness,
    // 0 and -1 are "no limit"; absent means the configuration's default.
    pidsLimit: wire.PidsLimit === undefined || wire.PidsLimit === null ? undefined : Math.max(wire.PidsLimit, 0), oomKillDisable: wire.OomKillDisable === true ? true : undefined, blkioWeight: count(wire.BlkioWeight),
    blkioWeightDevice: list(wire.BlkioWeightDevice)?.map(({ Path, Weight }) => ({ path: Path, weight: Weight })), deviceReadBps: rates(wire.BlkioDeviceReadBps), deviceWriteBps: rates(wire.BlkioDeviceWriteBps),
    deviceReadIops: rates(wire.BlkioDeviceReadIOps), deviceWriteIops: rates(wire.BlkioDeviceWriteIOps), ulimits: list(wire.Ulimits)?.map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
  });
}

function health(wire: Maybe<DockerHealth>): HealthCreate | undefined {
  if (wire === null || wire === undefined) return undefined;
  const part = present<HealthCreate>({ test: list(wire.Test), intervalNanos: count(wire.Interval), timeoutNanos: count(wire.Timeout), startPeriodNanos: count(wire.StartPeriod), retries: count(wire.Retries) });
  return Object.keys(part).length === 0 ? undefined : part;
}
