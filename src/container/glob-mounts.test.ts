import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expandGlob } from "./glob-mounts.ts";

const root = mkdtempSync(join(tmpdir(), "glob-"));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });
for (const name of ["a1", "a2", "b1"]) writeFileSync(join(root, name), "");
mkdirSync(join(root, "d/e"), { recursive: true });
writeFileSync(join(root, "d/e/a3"), "");

test("a star stays between two slashes; names go below the destination", () => {
  expect(expandGlob({ type: "glob", source: `${root}/a*`, destination: "/data", options: ["ro"] })).toEqual([
    { type: "bind", source: `${root}/a1`, destination: "/data/a1", options: ["ro"] },
    { type: "bind", source: `${root}/a2`, destination: "/data/a2", options: ["ro"] },
  ]);
  expect(expandGlob({ type: "glob", source: `${root}/*/e/a?`, destination: "/" })).toEqual([{ type: "bind", source: `${root}/d/e/a3`, destination: `${root}/d/e/a3` }]);
});

test("nothing is an error", () => {
  expect(() => expandGlob({ type: "glob", source: `${root}/z*`, destination: "/" })).toThrow(`no file paths matching glob "${root}/z*"`);
});
