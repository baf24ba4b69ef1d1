import { expect, test } from "bun:test";
import type { ContainerUpdate } from "./update.ts";
import { updateFromWire, updateToWire } from "./update.wire.ts";

test("a change comes back from its wire shape", () => {
  const change: ContainerUpdate = {
    resources: { memoryBytes: 1024, cpuPeriodMicros: 100_000, cpuQuotaMicros: 50_000, pidsLimit: 5, ulimits: [{ name: "nofile", soft: 1, hard: 2 }], deviceReadBps: [{ path: "/dev/a", rate: 5 }], blkioWeightDevice: [{ path: "/dev/a", weight: 7 }] },
    health: { test: ["CMD", "true", "a b"], intervalNanos: 1_500_000_000, onFailure: "kill", startup: { test: ["CMD-SHELL", "x"], retries: 2 } }, env: { A: "b=c" }, unsetEnv: ["B"],
  };
  expect(updateFromWire(JSON.parse(JSON.stringify(updateToWire(change))))).toEqual(change);
  expect(updateFromWire(JSON.parse(JSON.stringify(updateToWire({}))))).toEqual({});
});

test("what Podman's client sends", () => {
  expect(updateFromWire({ memory: { limit: 5, swap: 10 }, health_cmd: "echo ok", health_interval: "1m30s", Env: ["X="], UnsetEnv: null, r_limits: null })).toEqual({
    resources: { memoryBytes: 5, memorySwapBytes: 10 }, health: { test: ["CMD-SHELL", "echo ok"], intervalNanos: 90_000_000_000 }, env: { X: "" },
  });
});
