/** SpecGenerator ↔ ContainerCreate: limits. Pure. */
import type { DeviceRate, ResourcesCreate, Ulimit } from "../../types/container-create.ts";
import { count, list, map, on, part, some, text } from "./absent.ts";
import type { SpecGenerator, WireRates, WireResources } from "./types.ts";

const ratesFromWire = (wire: WireRates): readonly DeviceRate[] | undefined => list(Object.entries(wire ?? {}).map(([path, { rate }]) => ({ path, rate })));
const ratesToWire = (rates: readonly DeviceRate[] | undefined): WireRates => (rates === undefined ? undefined : Object.fromEntries(rates.map(({ path, rate }) => [path, { major: 0, minor: 0, rate }])));

export function resourcesFromWire(wire: SpecGenerator): ResourcesCreate | undefined {
  return part<ResourcesCreate>({
    ...limitsFromWire(wire.resource_limits ?? {}), oomScoreAdj: some(wire.oom_score_adj), ulimits: list(wire.r_limits)?.map(ulimitFromWire), cgroupParent: text(wire.cgroup_parent), rdtClass: text(wire.intelRdt?.closID),
    cgroups: text(wire.cgroups_mode) as ResourcesCreate["cgroups"], unified: map(wire.unified) ?? map(wire.resource_limits?.unified),
    blkioWeightDevice: list(Object.entries(wire.weightDevice ?? {}).map(([path, { weight }]) => ({ path, weight: weight ?? 0 }))),
    deviceReadBps: ratesFromWire(wire.throttleReadBpsDevice), deviceWriteBps: ratesFromWire(wire.throttleWriteBpsDevice),
    deviceReadIops: ratesFromWire(wire.throttleReadIOPSDevice), deviceWriteIops: ratesFromWire(wire.throttleWriteIOPSDevice),
  });
}
/** The OCI shape of limits; `update` uses it too. */
export function limitsFromWire({ cpu, memory, pids, blockIO, hugepageLimits }: WireResources): Partial<ResourcesCreate> {
  return part<ResourcesCreate>({
    cpuPeriodMicros: count(cpu?.period), cpuQuotaMicros: count(cpu?.quota), cpuRtPeriodMicros: count(cpu?.realtimePeriod), cpuRtRuntimeMicros: count(cpu?.realtimeRuntime), cpuShares: count(cpu?.shares),
    cpusetCpus: text(cpu?.cpus), cpusetMems: text(cpu?.mems), memoryBytes: count(memory?.limit), memoryReservationBytes: count(memory?.reservation), memorySwapBytes: count(memory?.swap),
    memorySwappiness: some(memory?.swappiness), kernelMemoryBytes: count(memory?.kernel), oomKillDisable: on(memory?.disableOOMKiller), pidsLimit: some(pids?.limit), blkioWeight: count(blockIO?.weight),
    hugepageLimits: list(hugepageLimits)?.map(({ pageSize, limit }) => ({ pageSize, limitBytes: limit })),
  }) ?? {};
}

/** Unlimited is the largest unsigned 64-bit number in Go; it arrives rounded. */
const limitFromWire = (value: number): number => (value >= 2 ** 63 ? -1 : value);
export interface WireUlimit { readonly type: string; readonly soft: number; readonly hard: number }
export function ulimitFromWire({ type, soft, hard }: WireUlimit): Ulimit {
  return { name: type.toLowerCase().replace(/^rlimit_/, ""), soft: limitFromWire(soft), hard: limitFromWire(hard) };
}
/** A number that doubles cannot hold, written as it must be. */
const unlimited = (JSON as unknown as { readonly rawJSON: (text: string) => number }).rawJSON("18446744073709551615");
const limitToWire = (value: number): number => (value === -1 ? unlimited : value);
export const ulimitToWire = ({ name, soft, hard }: Ulimit): WireUlimit => ({ type: name, hard: limitToWire(hard), soft: limitToWire(soft) });

/** Podman's clients say `--cpus` as quota of this period. */
const cpuPeriodMicros = 100_000;

export function resourcesToWire(resources: ResourcesCreate = {}): SpecGenerator {
  return part<SpecGenerator>({
    resource_limits: limitsToWire(resources), oom_score_adj: resources.oomScoreAdj, cgroup_parent: resources.cgroupParent, intelRdt: resources.rdtClass === undefined ? undefined : { closID: resources.rdtClass }, cgroups_mode: resources.cgroups, unified: resources.unified,
    r_limits: resources.ulimits?.map(ulimitToWire),
    weightDevice: resources.blkioWeightDevice === undefined ? undefined : Object.fromEntries(resources.blkioWeightDevice.map(({ path, weight }) => [path, { major: 0, minor: 0, weight }])),
    throttleReadBpsDevice: ratesToWire(resources.deviceReadBps), throttleWriteBpsDevice: ratesToWire(resources.deviceWriteBps),
    throttleReadIOPSDevice: ratesToWire(resources.deviceReadIops), throttleWriteIOPSDevice: ratesToWire(resources.deviceWriteIops),
  }) ?? {};
}
export function limitsToWire(limits: ResourcesCreate): WireResources | undefined {
  const quota = limits.cpus === undefined ? limits.cpuQuotaMicros : Math.round(limits.cpus * cpuPeriodMicros);
  return part<WireResources>({
    cpu: part<NonNullable<WireResources["cpu"]>>({
      shares: limits.cpuShares, quota, period: limits.cpus === undefined ? limits.cpuPeriodMicros : cpuPeriodMicros, realtimeRuntime: limits.cpuRtRuntimeMicros,
      realtimePeriod: limits.cpuRtPeriodMicros, cpus: limits.cpusetCpus, mems: limits.cpusetMems,
    }),
    memory: part<NonNullable<WireResources["memory"]>>({
      limit: limits.memoryBytes, reservation: limits.memoryReservationBytes, swap: limits.memorySwapBytes, kernel: limits.kernelMemoryBytes, swappiness: limits.memorySwappiness, disableOOMKiller: limits.oomKillDisable,
    }),
    pids: limits.pidsLimit === undefined ? undefined : { limit: limits.pidsLimit },
    blockIO: limits.blkioWeight === undefined ? undefined : { weight: limits.blkioWeight },
    hugepageLimits: limits.hugepageLimits?.map(({ pageSize, limitBytes }) => ({ pageSize, limit: limitBytes })),
  });
}
