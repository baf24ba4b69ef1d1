/**
 * Limits of a cgroup that holds several containers: OCI `linux.resources` as cgroup v1 and v2 files, and as properties of a systemd
 * slice. Of single containers the runtime does the same. Pure.
 */
import type { SpecResources } from "./spec/types.ts";

/** `controller` is the v1 hierarchy; v2 has one. */
export interface CgroupFile { readonly controller: string; readonly file: string; readonly value: string }

/** v1 shares (2 to 262144) as v2 weight (1 to 10000), as the runtimes do it. */
export const toCpuWeight = (shares: number): number => 1 + Math.floor(((Math.max(shares, 2) - 2) * 9999) / 262_142);
/** v1 block weight (10 to 1000) as v2 weight (1 to 10000). */
const toIoWeight = (weight: number): number => 1 + Math.floor(((weight - 10) * 9999) / 990);

interface Rate { readonly major: number; readonly minor: number; readonly rate: number }
interface BlockIo { readonly weight?: number; readonly weightDevice?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[]; readonly throttleReadBpsDevice?: readonly Rate[]; readonly throttleWriteBpsDevice?: readonly Rate[] }
const blockOf = (resources: SpecResources): BlockIo => (resources.blockIO ?? {}) as BlockIo;
const device = ({ major, minor }: { readonly major: number; readonly minor: number }): string => `${major}:${minor}`;

export function filesOfV2(resources: SpecResources): readonly CgroupFile[] {
  const { cpu = {}, memory = {} } = resources;
  const io = blockOf(resources);
  const all: readonly (readonly [string, string, string | undefined])[] = [
    ["cpu", "cpu.weight", cpu.shares === undefined ? undefined : String(toCpuWeight(cpu.shares))],
    ["cpu", "cpu.max", cpu.quota === undefined && cpu.period === undefined ? undefined : `${cpu.quota === undefined || cpu.quota < 0 ? "max" : cpu.quota} ${cpu.period ?? 100_000}`],
    ["cpuset", "cpuset.cpus", cpu.cpus], ["cpuset", "cpuset.mems", cpu.mems],
    ["memory", "memory.max", memory.limit === undefined ? undefined : orMax(memory.limit)],
    ["memory", "memory.swap.max", memory.swap === undefined ? undefined : orMax(memory.swap < 0 ? -1 : memory.swap - (memory.limit ?? 0))],
    ["io", "io.weight", io.weight === undefined ? undefined : `default ${toIoWeight(io.weight)}`],
    ...(io.weightDevice ?? []).map((one) => ["io", "io.weight", `${device(one)} ${toIoWeight(one.weight)}`] as const),
    ...(io.throttleReadBpsDevice ?? []).map((one) => ["io", "io.max", `${device(one)} rbps=${one.rate}`] as const),
    ...(io.throttleWriteBpsDevice ?? []).map((one) => ["io", "io.max", `${device(one)} wbps=${one.rate}`] as const),
  ];
  return present(all);
}

const orMax = (bytes: number): string => (bytes < 0 ? "max" : String(bytes));

export function filesOfV1(resources: SpecResources): readonly CgroupFile[] {
  const { cpu = {}, memory = {} } = resources;
  const io = blockOf(resources);
  const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
  return present([
    ["cpu", "cpu.shares", text(cpu.shares)], ["cpu", "cpu.cfs_period_us", text(cpu.period)], ["cpu", "cpu.cfs_quota_us", text(cpu.quota)],
    ["cpuset", "cpuset.cpus", cpu.cpus], ["cpuset", "cpuset.mems", cpu.mems],
    ["memory", "memory.limit_in_bytes", text(memory.limit)], ["memory", "memory.memsw.limit_in_bytes", text(memory.swap)],
    ["blkio", "blkio.weight", text(io.weight)], ...(io.weightDevice ?? []).map((one) => ["blkio", "blkio.weight_device", `${device(one)} ${one.weight}`] as const),
    ...(io.throttleReadBpsDevice ?? []).map((one) => ["blkio", "blkio.throttle.read_bps_device", `${device(one)} ${one.rate}`] as const),
    ...(io.throttleWriteBpsDevice ?? []).map((one) => ["blkio", "blkio.throttle.write_bps_device", `${device(one)} ${one.rate}`] as const),
  ]);
}

function present(all: readonly (readonly [string, string, string | undefined])[]): readonly CgroupFile[] {
  return all.flatMap(([controller, file, value]) => (value === undefined || value === "" ? [] : [{ controller, file, value }]));
}

const second = 1_000_000;

/** `systemctl set-property` words (systemd.resource-control(5)). */
export function sliceProperties(resources: SpecResources): readonly string[] {
  const { cpu = {}, memory = {} } = resources;
  const io = blockOf(resources);
  const swap = memory.swap === undefined ? undefined : memory.swap < 0 ? "infinity" : String(memory.swap - (memory.limit ?? 0));
  const quota = cpu.quota === undefined || cpu.quota < 0 ? undefined : `${Math.round((cpu.quota / (cpu.period ?? second / 10)) * 100)}%`;
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ["CPUWeight", cpu.shares === undefined ? undefined : toCpuWeight(cpu.shares)], ["CPUQuota", quota], ["AllowedCPUs", cpu.cpus], ["AllowedMemoryNodes", cpu.mems],
    ["MemoryMax", memory.limit], ["MemorySwapMax", swap], ["IOWeight", io.weight === undefined ? undefined : toIoWeight(io.weight)],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
