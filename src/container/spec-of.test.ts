import { expect, test } from "bun:test";
import { clonedName, mergeResources } from "./spec-of.ts";

test.each([
  ["web", [], "web-clone"], ["web", ["web-clone"], "web-clone1"], ["web", ["web-clone", "web-clone1"], "web-clone2"],
  ["web-clone", [], "web-clone1"], ["web-clone3", ["web-clone4"], "web-clone5"], ["web-clone-x", [], "web-clone-x-clone"],
])("%s next to %j is cloned as %s", (name, taken: readonly string[], clone) => { expect(clonedName(name, (one) => taken.includes(one))).toBe(clone); });

test("a number of processors and a quota replace each other", () => {
  expect(mergeResources({ cpus: 5, memoryBytes: 1 }, { cpuQuotaMicros: 7 })).toEqual({ memoryBytes: 1, cpuQuotaMicros: 7 });
  expect(mergeResources({ cpuQuotaMicros: 7, cpuPeriodMicros: 9 }, { cpus: 4 })).toEqual({ cpus: 4 });
  expect(mergeResources({ cpus: 5 }, { memoryBytes: 2 })).toEqual({ cpus: 5, memoryBytes: 2 });
});
