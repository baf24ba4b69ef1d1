import { expect, test } from "bun:test";
import { filesOfV1, filesOfV2, sliceProperties, toCpuWeight } from "./cgroup-limits.ts";

const resources = { cpu: { shares: 1024, quota: 50_000, period: 100_000, cpus: "0" }, memory: { limit: 5_242_880, swap: 1_073_741_824 }, blockIO: { weight: 10, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1000 }] } };
const lines = (files: readonly { readonly file: string; readonly value: string }[]): string[] => files.map(({ file, value }) => `${file} ${value}`);

test("limits become files of cgroup v2: swap without memory, weights on the other scale", () => {
  expect(lines(filesOfV2(resources))).toEqual(["cpu.weight 39", "cpu.max 50000 100000", "cpuset.cpus 0", "memory.max 5242880", "memory.swap.max 1068498944", "io.weight default 1", "io.max 8:0 rbps=1000"]);
  expect(lines(filesOfV2({ memory: { limit: 1, swap: -1 } }))).toEqual(["memory.max 1", "memory.swap.max max"]);
  expect([toCpuWeight(2), toCpuWeight(262_144)]).toEqual([1, 10_000]);
});

test("limits become files of cgroup v1: memory before memory with swap", () => {
  expect(lines(filesOfV1(resources))).toEqual(["cpu.shares 1024", "cpu.cfs_period_us 100000", "cpu.cfs_quota_us 50000", "cpuset.cpus 0", "memory.limit_in_bytes 5242880", "memory.memsw.limit_in_bytes 1073741824", "blkio.weight 10", "blkio.throttle.read_bps_device 8:0 1000"]);
});

test("limits become properties of a slice", () => {
  expect(sliceProperties(resources)).toEqual(["CPUWeight=39", "CPUQuota=50%", "AllowedCPUs=0", "MemoryMax=5242880", "MemorySwapMax=1068498944", "IOWeight=1"]);
  expect(sliceProperties({})).toEqual([]);
});
