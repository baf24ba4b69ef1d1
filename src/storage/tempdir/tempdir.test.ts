import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mount, mountFlags } from "../../sys/mount.ts";
import { isMountPoint, mountPointsBelow } from "./mount-points.ts";
import { removeTree } from "./remove.ts";
import { openTempDirectory, removeStale } from "./stage.ts";

test("what a dead process left is removed, what a living one uses stays", async () => {
  const root = mkdtempSync("/var/tmp/store-test-");
  const mine = openTempDirectory(root);
  writeFileSync(mine.addition(), "in use");
  for (const name of ["1", "2"]) mkdirSync(join(root, `temp-dir-${name}`, "deep"), { recursive: true });
  writeFileSync(join(root, "lock-2"), "");
  writeFileSync(join(root, "lock-3"), "");
  await removeStale(root);
  expect(readdirSync(root)).toHaveLength(2);
  expect(existsSync(mine.path)).toBe(true);
  await mine.remove();
  await mine.remove();
  expect(readdirSync(root)).toEqual([]);
  await removeTree(root);
});

test("things are taken away by renaming; taking what is not there says so", async () => {
  const root = mkdtempSync("/var/tmp/store-test-");
  writeFileSync(join(root, "victim"), "x");
  const temp = openTempDirectory(join(root, "tmp"));
  expect(temp.takeAway(join(root, "victim"))).toBe(true);
  expect(temp.takeAway(join(root, "victim"))).toBe(false);
  expect(readdirSync(temp.path)).toEqual(["0-victim"]);
  await removeTree(root);
  expect(existsSync(root)).toBe(false);
});

test("removing a tree never empties what is mounted in it", async () => {
  const root = mkdtempSync("/var/tmp/store-test-");
  const other = mkdtempSync("/var/tmp/store-test-");
  writeFileSync(join(other, "precious"), "kept");
  const target = join(root, "a b\\c", "mounted");
  mkdirSync(target, { recursive: true });
  mount({ source: other, target, flags: mountFlags.bind });
  expect(isMountPoint(target)).toBe(true);
  expect(isMountPoint(root)).toBe(false);
  expect(mountPointsBelow(root)).toEqual([target]);
  await removeTree(root);
  expect(existsSync(root)).toBe(false);
  expect(readFileSync(join(other, "precious"), "utf8")).toBe("kept");
  await removeTree(other);
});
