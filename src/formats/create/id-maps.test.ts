import { describe, expect, test } from "bun:test";
import type { IdMap } from "../../contract/types/container-create.ts";
import { fillIdMaps, parseAutoIdMap, parseIdMaps, subtract } from "./id-maps.ts";

/** A user's namespace: itself as 0, two ranges of subordinate ids. */
const parent: readonly IdMap[] = [{ containerId: 0, hostId: 1000, size: 1 }, { containerId: 1, hostId: 100_000, size: 1000 }, { containerId: 1001, hostId: 500_000, size: 24 }];
const user = { kind: "UID", parent, rootless: true } as const;
const texts = (maps: readonly IdMap[]): string[] => maps.map(({ containerId, hostId, size }) => `${containerId}:${hostId}:${size}`);

describe("parseIdMaps", () => {
  test.each([
    [["0:200000:5000"], ["0:200000:5000"]],
    [["0:1"], ["0:1:1"]],
    [["10:20:5", "0:1:10"], ["0:1:10", "10:20:5"]],
    [["0:1:10", "10:11:5"], ["0:1:15"]],
    [["0:1:10:20:30:2"], ["0:1:10", "20:30:2"]],
    [["", "0:1:0"], []],
    // Relative: the id above is what the parent maps it to.
    [["0:@1000:1"], ["0:0:1"]],
    [["5:@100999:2"], undefined],
    [["5:@100998:2"], ["5:999:2"]],
    // Only for groups.
    [["g0:1:5", "u7:8:1"], ["7:8:1"]],
    // Filled with all the rest, lowest first.
    [["+5:@1000:1"], ["0:1:5", "5:0:1", "6:6:1019"]],
    // Cuts what was there, inside and outside.
    [["0:0:10", "+4:20:2"], ["0:0:4", "4:20:2", "6:6:4"]],
    [["0:0:10", "+20:4:1"], ["0:0:4", "5:5:5", "20:4:1"]],
  ])("%p", (given, expected) => {
    if (expected === undefined) expect(() => parseIdMaps(given, user)).toThrow("parent ID UID 101000 is not mapped/delegated");
    else expect(texts(parseIdMaps(given, user))).toEqual(expected);
  });

  test("root's + fills nothing", () => {
    expect(texts(parseIdMaps(["+5:7:1"], { ...user, rootless: false }))).toEqual(["5:7:1"]);
  });

  test.each([
    ["0", "setting is malformed"], ["0:1:2:3", "setting is malformed"], ["x0:1:2", "Unknown flag x"], ["0:a:1", "invalid syntax"], ["0:1:99999999999", "value out of range"], [":1:2", "setting is malformed"],
  ])("refuses %p", (text, message) => {
    expect(() => parseIdMaps([text], user)).toThrow(message);
  });
});

test("a map for auto has no flags", () => {
  expect(texts(parseAutoIdMap("1:@1000:1", user))).toEqual(["1:0:1"]);
  expect(() => parseAutoIdMap("+1:1:1", user)).toThrow("invalid syntax");
  expect(() => parseAutoIdMap("1:2:3:4", user)).toThrow("malformed");
});

test("nothing given: every id as it is", () => {
  expect(texts(fillIdMaps([], parent))).toEqual(["0:0:1025"]);
});

test("subtract splits, trims and drops", () => {
  expect(subtract([{ from: 0, to: 10 }], [{ from: 3, to: 4 }, { from: 8, to: 20 }])).toEqual([{ from: 0, to: 3 }, { from: 4, to: 8 }]);
  expect(subtract([{ from: 2, to: 3 }], [{ from: 0, to: 5 }])).toEqual([]);
  expect(subtract([{ from: 2, to: 3 }], [{ from: 3, to: 5 }])).toEqual([{ from: 2, to: 3 }]);
});
