import { expect, test } from "bun:test";
import { parseCriuStats } from "./criu-stats.ts";

const file = (...payload: number[]): Uint8Array => Uint8Array.from([0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, payload.length, 0, 0, 0, ...payload]);

test("numbers of a dump and of a restore; zeros are left out", () => {
  const dump = file(0x0a, 12, 0x08, 5, 0x10, 0xac, 0x02, 0x28, 0x80, 0x01, 0x38, 0, 0x50, 1);
  expect(parseCriuStats(dump, "dump")).toEqual({ freezing_time: 5, frozen_time: 300, pages_scanned: 128 });
  expect(parseCriuStats(file(0x12, 4, 0x18, 7, 0x28, 9), "restore")).toEqual({ forking_time: 7, pages_restored: 9 });
});

test("anything else is refused", () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(20), file(0x0a, 50, 1), file(0x0a, 1, 0x80), file(0x0b, 1), file(0x12, 0)]) expect(() => parseCriuStats(bytes, "dump")).toThrow();
});
