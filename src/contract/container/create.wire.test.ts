import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerCreate } from "../types/container-create.ts";
import { createFromWire, createToWire } from "./create.wire.ts";

const golden = join(import.meta.dir, "../../../test/golden/spec-generator");
const read = (...names: string[]): unknown => JSON.parse(readFileSync(join(golden, ...names), "utf8"));

for (const name of readdirSync(golden)) {
  test(`what Podman's client sends, ${name}`, () => {
    const create = createFromWire(read(name, "wire.json") as never);
    expect(create).toEqual(read(name, "create.json") as ContainerCreate);
    expect(createFromWire(JSON.parse(JSON.stringify(createToWire(create))))).toEqual(create);
  });
}

test("everything with a place in Podman's body comes back", () => {
  const create: ContainerCreate = {
    image: "alpine", entrypoint: [], command: ["a"], terminal: true, stdin: true, remove: true, restart: { policy: "on-failure", maxRetries: 3 }, envMerge: { A: "$B=c" }, unsetEnv: ["X"],
    secrets: [{ source: "s", target: "/t", uid: 1, gid: 2, mode: 0o400 }], secretEnv: { E: "s" },
    security: { privileged: true, readOnly: true, readWriteTmpfs: false, unmask: ["ALL"], procOpts: ["hidepid=2"] },
    namespaces: { pid: { mode: "ns", value: "/proc/1/ns/pid" }, user: { mode: "keep-id", value: "uid=1" }, ipc: { mode: "container", value: "web" } },
    network: {
      mode: { mode: "bridge" }, networks: [{ name: "", staticIps: ["10.1.1.1"] }, { name: "n", aliases: ["x"], staticMac: "02:00:00:00:00:01", interfaceName: "eth5", options: { mode: "a" } }],
      ports: [{ containerPort: 80, hostPort: 8000, range: 10, protocol: "udp", hostIp: "127.0.0.1" }, { containerPort: 81 }], expose: ["80/tcp", "80/udp", "90/tcp"], noHosts: true, noResolvConf: true, addHosts: ["a:1.2.3.4"],
    },
    storage: {
      mounts: [
        { type: "bind", source: "/a", destination: "/b", options: ["ro"] }, { type: "volume", destination: "/anonymous", options: [] }, { type: "volume", source: "v", destination: "/v", options: ["nocopy"], subpath: "s" },
        { type: "overlay", source: "/o", destination: "/o", options: ["O"] }, { type: "image", source: "i", destination: "/i", options: ["rw"] },
      ],
      devices: [{ hostPath: "/dev/null" }, { hostPath: "/dev/null", containerPath: "/dev/x", permissions: "rw" }], deviceCgroupRules: ["c 1:* rwm"], shmSizeBytes: 0,
    },
    resources: {
      cpuPeriodMicros: 100_000, cpuQuotaMicros: 50_000, memoryBytes: 1024, memorySwapBytes: -1, pidsLimit: -1, oomKillDisable: true, ulimits: [{ name: "nofile", soft: 10, hard: 20 }],
      deviceReadBps: [{ path: "/dev/a", rate: 5 }], blkioWeightDevice: [{ path: "/dev/a", weight: 20 }], unified: { "memory.high": "1" }, cgroups: "split",
    },
    health: { test: ["CMD", "true"], intervalNanos: 1, onFailure: "kill", startup: { test: ["CMD", "x"], successes: 2 }, logDestination: "local", maxLogCount: 5, maxLogSize: 500 },
  };
  expect(createFromWire(JSON.parse(JSON.stringify(createToWire(create))))).toEqual(create);
});

test("unlimited is written as Go reads it", () => {
  const text = JSON.stringify(createToWire({ resources: { ulimits: [{ name: "core", soft: -1, hard: -1 }] } }));
  expect(text).toContain("18446744073709551615");
  expect(createFromWire(JSON.parse(text)).resources?.ulimits).toEqual([{ name: "core", soft: -1, hard: -1 }]);
});
