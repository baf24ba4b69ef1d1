/** Imports go down only: docs/ARCHITECTURE.md. */
import { expect, test } from "bun:test";
import { posix } from "node:path";
import { isTest, listFiles, read } from "./files.ts";

const mechanisms = ["storage", "transports", "runtime", "net", "systemd", "state"];
const levels: Readonly<Record<string, number>> = {
  base: 0, formats: 0, contract: 1, sys: 1, config: 2, ...Object.fromEntries(mechanisms.map((name) => [name, 3])), engine: 5, cli: 6, api: 6, procs: 6, "main.ts": 7, version: 7,
};
/** Nouns: everything that is not named above. */
const nounLevel = 4;
/** The record is the seam between a container's rules and where it is kept; pure. */
const record = "src/container/record.ts";
/** bzip2 and xz are decompressed by the system's programs, as one transform among the others. */
const programFiles = ["src/formats/compression/program.ts"];
/** Shapes of data and of what operations receive: their types may be named from below, since nothing is loaded by that. */
const shapes = /^src\/(?:contract\/|container\/record\.ts$)/;
const contextFile = "src/engine/context.ts";

interface Import { readonly from: string; readonly to: string; readonly typeOnly: boolean }

function importsOf(path: string): Import[] {
  const found = read(path).matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm);
  return [...found].map(([, type, fixed, lazy]) => ({ from: path, to: posix.join(posix.dirname(path), fixed ?? lazy ?? ""), typeOnly: type !== undefined }));
}

function levelOf(path: string): number { return levels[path.split("/")[1] ?? ""] ?? nounLevel; }

const sources = listFiles(/^src\/.*\.ts$/).filter((path) => !isTest(path));

test("no module imports from a layer above its own", () => {
  const wrong = sources.flatMap(importsOf).filter(({ from, to, typeOnly }) => {
    if (!to.startsWith("src/") || levelOf(to) <= levelOf(from)) return false;
    if (to === record && from.startsWith("src/state/")) return false;
    if (to.startsWith("src/contract/types/")) return false; // constants and types, pure
    return !(typeOnly && (shapes.test(to) || (to === contextFile && levelOf(from) === nounLevel)));
  });
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test("only sys/ speaks to libc", () => {
  expect(sources.filter((path) => !path.startsWith("src/sys/") && /["']bun:ffi["']/.test(read(path)))).toEqual([]);
});

test("base/, formats/ and contract/ touch no files, network or processes", () => {
  const banned = /from "node:(?:fs|fs\/promises|http|https|child_process|dns)"|import (?!\{ isIP(?:v4|v6)? \}).* from "node:net"|import (?!\{ constants \}).* from "node:os"|Bun\.(?:spawn|file|write|serve|listen|connect)/;
  const pure = sources.filter((path) => /^src\/(?:base|formats|contract)\//.test(path));
  expect(pure.filter((path) => !programFiles.includes(path) && banned.test(read(path)))).toEqual([]);
});
