/** Hostile layers: nothing outside of the layer's directory is read, written or removed, and nothing grows without bound. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { isEngineError } from "../../src/base/errors.ts";
import { encodeTarHeader, tarTrailer } from "../../src/formats/tar/encode.ts";
import { archiveOf, collect, inPieces, type Member } from "../../src/formats/tar/testing/build.ts";
import { encodeTarSplit } from "../../src/formats/tarsplit/entry.ts";
import { applyLayer } from "../../src/storage/archive/apply.ts";
import { assembleDiff } from "../../src/storage/archive/assemble.ts";
import { tarDirectory } from "../../src/storage/archive/diff.ts";
import type { ExtractOptions } from "../../src/storage/archive/types.ts";

let top = "";
let layer = "";
beforeEach(() => {
  top = mkdtempSync("/var/tmp/hostile-");
  layer = `${top}/layer`;
  mkdirSync(layer);
  mkdirSync(`${top}/outside`);
  writeFileSync(`${top}/outside/victim`, "untouched", { mode: 0o640 });
});
afterEach(() => {
  // Whatever happened: the outside is as it was.
  expect(readdirSync(top).sort()).toEqual(["layer", "outside"]);
  expect(readdirSync(`${top}/outside`)).toEqual(["victim"]);
  expect(readFileSync(`${top}/outside/victim`, "utf8")).toBe("untouched");
  expect(lstatSync(`${top}/outside/victim`)).toMatchObject({ mode: 0o100640, nlink: 1, uid: process.getuid?.() ?? 0 });
  rmSync(top, { recursive: true, force: true });
});

const bothForms = ["overlay", "delete"] as const;

async function attempt(members: readonly Member[], options: Partial<ExtractOptions> = {}): Promise<unknown> {
  try {
    await applyLayer({ directory: layer, diff: inPieces(await archiveOf(...members)), whiteouts: "overlay", ...options });
  } catch (error) { return error; }
  return undefined;
}
/** The error's text; fails when there is none. */
async function messageOf(work: Promise<unknown>): Promise<string> {
  try { await work; } catch (error) { return error instanceof Error ? error.message : String(error); }
  throw new Error("nothing was refused");
}
const refused = (error: unknown): boolean => isEngineError(error);

describe("names that lead out", () => {
  for (const name of ["../outside/victim", "../../etc/x", "a/../../outside/victim", "..", "./../outside/new", "a/b/../../../outside/new"]) {
    test(`"${name}" is refused`, async () => {
      for (const whiteouts of bothForms) expect(isEngineError(await attempt([{ name, content: "evil" }], { whiteouts }), "corrupt-archive")).toBe(true);
    });
  }

  test("absolute names, and dots that cancel out, stay inside", async () => {
    expect(await attempt([{ name: "/etc/motd", content: "1" }, { name: "/../b", content: "2" }, { name: "x/../c", content: "3" }])).toBeUndefined();
    expect(readdirSync(layer).sort()).toEqual(["b", "c", "etc"]);
  });
});

describe("links on the way", () => {
  for (const target of ["../outside", "../../../../../../../..", "/proc/self/root", "/proc/self/cwd", "."]) {
    test(`a directory that is a link to "${target}"`, async () => {
      for (const whiteouts of bothForms) {
        const link: Member = { name: "way", type: "symlink", linkName: target };
        await attempt([link, { name: "way/new", content: "evil" }], { whiteouts });
        await attempt([link, { name: "way/outside/victim", content: "evil" }], { whiteouts });
        await attempt([link, { name: "way/victim", type: "symlink", linkName: "x" }], { whiteouts });
        await attempt([link, { name: "way/.wh.victim" }], { whiteouts });
        await attempt([link, { name: "way/outside/.wh.victim" }], { whiteouts });
        await attempt([link, { name: "way/.wh..wh..opq" }], { whiteouts });
        await attempt([link, { name: "way/victim", type: "directory", mode: 0o777 }], { whiteouts });
        await attempt([link, { name: "hard", type: "link", linkName: "way/victim" }, { name: "hard", content: "evil" }], { whiteouts });
      }
    });
  }

  test(`an absolute link counts from the layer's root, as in the container`, async () => {
    expect(await attempt([{ name: "real/", type: "directory" }, { name: "way", type: "symlink", linkName: "/real" }, { name: "way/f", content: "1" }])).toBeUndefined();
    expect(readFileSync(`${layer}/real/f`, "utf8")).toBe("1");
    expect(readlinkSync(`${layer}/way`)).toBe("/real");
  });

  test("a link to an outside file is replaced by a later entry, never written, owned or moded through", async () => {
    const out = `${top}/outside/victim`;
    for (const whiteouts of bothForms) {
      for (const later of [{ content: "evil", mode: 0o777 }, { type: "directory", mode: 0o777 }, { type: "fifo", mode: 0o777 }, { type: "symlink", linkName: "x" }] as const) {
        const error = await attempt([{ name: "f", type: "symlink", linkName: out, uid: 7, mode: 0o777 }, { name: "./f", uid: 12, ...later }], { whiteouts });
        // The second entry of the same name is refused by tar-split; what matters is what it did before.
        expect(error === undefined || refused(error)).toBe(true);
      }
    }
  });

  test("hard links: outside targets are not found; a link to a symlink is not followed for mode and times", async () => {
    for (const linkName of ["../outside/victim", `${top}/outside/victim`, "/etc/passwd", "a/../../outside/victim", ""]) {
      expect(refused(await attempt([{ name: "h", type: "link", linkName }]))).toBe(true);
    }
    const error = await attempt([{ name: "s", type: "symlink", linkName: `${top}/outside/victim` }, { name: "h", type: "link", linkName: "s", mode: 0o777, uid: 9, mtimeNanos: 0n }]);
    expect(error).toBeUndefined();
    expect(lstatSync(`${layer}/h`).isSymbolicLink()).toBe(true);
  });

  test("a directory swapped for a link between its entry and the end", async () => {
    await attempt([{ name: "d/", type: "directory", mtimeNanos: 0n, mode: 0o777 }, { name: "d/f", content: "1" }, { name: "d", type: "symlink", linkName: "../outside", mtimeNanos: 0n }, { name: "e" }]);
  });
});

describe("whiteouts", () => {
  for (const name of [".wh...", ".wh..", ".wh.", "a/.wh...", "a/.wh."]) {
    test(`"${name}" is refused`, async () => {
      for (const whiteouts of bothForms) expect(isEngineError(await attempt([{ name: "a/", type: "directory" }, { name }], { whiteouts }), "corrupt-archive")).toBe(true);
    });
  }
});

describe("bombs", () => {
  test("entries, bytes, and trailing filler are bounded", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `f${index}` }));
    expect(isEngineError(await attempt(many, { limits: { maxEntries: 49 } }), "resource-exhausted")).toBe(true);
    expect(isEngineError(await attempt([{ name: "f", content: "x".repeat(5000) }], { limits: { maxTarBytes: 4000 } }), "resource-exhausted")).toBe(true);
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield tarTrailer();
      for (;;) yield await Promise.resolve(new Uint8Array(65_536));
    };
    const filler = applyLayer({ directory: layer, diff: endless(), whiteouts: "overlay", limits: { maxTarBytes: 10 << 20 } });
    expect(await messageOf(filler)).toContain("larger than the limit");
  });

  test("paths of two thousand steps, and names longer than a path", async () => {
    await attempt([{ name: `${"d/".repeat(1990)}f`, content: "deep" }]);
    expect(refused(await attempt([{ name: "n".repeat(5000) }]))).toBe(true);
    expect(refused(await attempt([{ name: `a/${"n".repeat(300)}` }]))).toBe(true);
    // Still removable, and still readable as far as a path can say.
    await collect(tarDirectory({ directory: layer })).catch((error: unknown) => { expect(isEngineError(error)).toBe(true); });
    // The kernel walks four million steps for it; a busy disk makes that a minute.
  }, 240_000);

  test("a file of an exabyte in its header", async () => {
    const header = encodeTarHeader({ type: "file", name: "huge", mode: 0o644, sizeBytes: 2 ** 50 });
    const cut = applyLayer({ directory: layer, diff: inPieces(header), whiteouts: "overlay" });
    expect(await messageOf(cut)).toContain("unexpected end");
  });

  test("an aborted layer stops at once", async () => {
    const abort = new AbortController();
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield* inPieces(await archiveOf({ name: "f", content: "1" }));
      abort.abort(new Error("stopped"));
      yield new Uint8Array(512);
    };
    const work = applyLayer({ directory: layer, diff: source(), whiteouts: "overlay", signal: abort.signal });
    expect(await messageOf(work)).toBe("stopped");
  });
});

describe("reassembling", () => {
  const split = (name: string): Uint8Array => gzipSync(encodeTarSplit({ kind: "file", rawName: name, sizeBytes: 9, crc: new Uint8Array(8) }, 0));

  test("names and links of a hostile tar-split read nothing outside", async () => {
    symlinkSync("../outside/victim", `${layer}/link`);
    symlinkSync("../outside", `${layer}/way`);
    symlinkSync("/proc/self/root", `${layer}/magic`);
    for (const name of ["../outside/victim", "link", "way/victim", `magic${top}/outside/victim`, "/dev/zero", "."]) {
      const work = collect(assembleDiff({ directory: layer, tarSplitGz: split(name) }));
      expect(isEngineError(await work.catch((error: unknown) => error))).toBe(true);
    }
  });

  test("a bomb of a line", async () => {
    const work = collect(assembleDiff({ directory: layer, tarSplitGz: gzipSync(Buffer.alloc(64 << 20, "x")) }));
    expect(await messageOf(work)).toContain("too long");
  });
});
