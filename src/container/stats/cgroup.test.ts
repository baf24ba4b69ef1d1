import { expect, test } from "bun:test";
import { cgroupUsage } from "./cgroup.ts";
import { interfacesOf, machineCpuNanos, machineMemory, processorsOf } from "./machine.ts";

test("numbers of this very process", () => {
  const usage = cgroupUsage(process.pid, "0".repeat(64));
  expect(usage).toMatchObject({ memory: { stats: expect.any(Object) }, pids: expect.any(Number), io: expect.any(Array) });
  expect(usage?.cpuNanos).toBeGreaterThanOrEqual(0);
  expect(machineCpuNanos()).toBeGreaterThan(1e9);
  expect(machineMemory()).toBeGreaterThan(2 ** 20);
  expect(processorsOf(process.pid)).toBeGreaterThan(0);
  expect(interfacesOf(process.pid)).not.toHaveProperty("lo");
});

test("a process that is gone has none", () => {
  expect(cgroupUsage(2 ** 22 + 1, "")).toBeUndefined();
  expect(interfacesOf(2 ** 22 + 1)).toBeNull();
});
