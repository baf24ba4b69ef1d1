import { expect, test } from "bun:test";
import { devicesOf, parseRule, splitDevice } from "./devices.ts";
import { makeDevice } from "../../sys/index.ts";
import { resourcesOf } from "./resources.ts";
import { kernelPaths } from "./kernel-paths.ts";
import { cgroupPathOf, conmonCgroupOf, splitMaps } from "./namespaces.ts";

test("limits", () => {
  expect(resourcesOf({}, 2048, 2)).toEqual({ pids: { limit: 2048 } });
  expect(resourcesOf({ pidsLimit: -1, cpus: 1.5, memoryBytes: 100, memorySwapBytes: -1, oomKillDisable: true, cpuRtPeriodMicros: 5, unified: { "memory.high": "1" } }, 2048, 2))
    .toEqual({ pids: { limit: -1 }, cpu: { period: 100_000, quota: 150_000 }, memory: { limit: 100, swap: -1, disableOOMKiller: true }, unified: { "memory.high": "1" } });
  expect(resourcesOf({ pidsLimit: 0, cpuRtPeriodMicros: 5 }, 2048, 1)).toEqual({ cpu: { realtimePeriod: 5 } });
  expect(() => resourcesOf({ memorySwapBytes: 5 }, 0, 2)).toThrow("you should always set a memory limit when using a memoryswap limit, see usage");
  expect(() => resourcesOf({ blkioWeight: 5 }, 0, 2)).toThrow("range of blkio weight is from 10 to 1000");
  expect(() => resourcesOf({ unified: { a: "b" } }, 0, 1)).toThrow("cannot use --cgroup-conf without cgroup v2");
});

test("devices and their rules", () => {
  const request = { rules: ["c 10:* r"], privileged: false, rootless: false, inUserns: false, systemd: false };
  const { devices, rules } = devicesOf({ ...request, devices: [{ hostPath: "/dev/null", containerPath: "/dev/nil", permissions: "r" }] });
  expect(devices).toEqual([{ path: "/dev/nil", type: "c", major: 1, minor: 3, fileMode: 0o20666, uid: 0, gid: 0 }]);
  expect(rules).toEqual([{ allow: false, access: "rwm" }, { allow: true, type: "c", major: 1, minor: 3, access: "r" }, { allow: true, type: "c", major: 10, access: "r" }]);
  expect(devicesOf({ ...request, rules: [], rootless: true, inUserns: true, devices: [{ hostPath: "/dev/null" }] }))
    .toEqual({ devices: [], rules: [], mounts: [{ destination: "/dev/null", type: "bind", source: "/dev/null", options: ["slave", "nosuid", "noexec", "rw", "rbind"] }] });
  expect(() => devicesOf({ ...request, devices: [{ hostPath: "/etc/passwd" }] })).toThrow("/etc/passwd is not a valid device: not a device node");
  expect(() => parseRule("x 1:1 r")).toThrow("invalid device cgroup rule format: 'x 1:1 r'");
  for (const [major, minor] of [[1, 3], [259, 1_000_000], [4095, 255]] as const) expect(splitDevice(Number(makeDevice(major, minor)))).toEqual({ major, minor });
});

test("masked paths and --security-opt unmask", () => {
  const paths = (unmask: string[], mask: string[] = []): string[] => kernelPaths({ privileged: false, mask, unmask }).maskedPaths;
  expect(paths([])).toContain("/proc/kcore");
  expect(paths(["/proc/*"]).filter((path) => path.startsWith("/proc/"))).toEqual([]);
  expect(paths(["ALL"], ["/a:/b", "relative"])).toEqual(["/a", "/b"]);
  expect(kernelPaths({ privileged: false, mask: [], unmask: ["/proc/sys"] }).readonlyPaths).not.toContain("/proc/sys");
});

test("cgroups", () => {
  const base = { id: "ID", manager: "cgroupfs" as const, mode: "enabled", parent: undefined, rootless: false, cgroupVersion: 2 as const };
  expect(cgroupPathOf(base)).toBe("/libpod_parent/libpod-ID");
  expect(cgroupPathOf({ ...base, manager: "systemd" })).toBe("machine.slice:libpod:ID");
  expect(cgroupPathOf({ ...base, manager: "systemd", parent: "a.slice/b.slice" })).toBe("b.slice:libpod:ID");
  expect(cgroupPathOf({ ...base, rootless: true })).toBeUndefined();
  expect(cgroupPathOf({ ...base, mode: "disabled" })).toBeUndefined();
  expect(conmonCgroupOf(base, false)).toBe("/libpod_parent/conmon");
  expect(conmonCgroupOf({ ...base, manager: "systemd" }, false)).toBe("machine.slice");
  expect(conmonCgroupOf(base, true)).toBeUndefined();
});

test("a range is cut where the namespace above has another one", () => {
  const within = [{ containerId: 0, hostId: 1000, size: 1 }, { containerId: 1, hostId: 100_000, size: 9 }, { containerId: 10, hostId: 7, size: 90 }];
  expect(splitMaps([{ containerId: 5, hostId: 0, size: 20 }], within)).toEqual([
    { containerId: 5, hostId: 0, size: 1 }, { containerId: 6, hostId: 1, size: 9 }, { containerId: 15, hostId: 10, size: 10 },
  ]);
  expect(splitMaps([{ containerId: 0, hostId: 1, size: 9 }], within)).toEqual([{ containerId: 0, hostId: 1, size: 9 }]);
  expect(splitMaps([{ containerId: 0, hostId: 0, size: 5 }])).toEqual([{ containerId: 0, hostId: 0, size: 5 }]);
});
