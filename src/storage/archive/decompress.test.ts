import { describe, expect, test } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { EngineError, isEngineError } from "../../base/errors.ts";
import { collect, inPieces } from "../../formats/tar/testing/build.ts";
import { compress } from "../../formats/compression/compress.ts";
import { decompress, decompressAny } from "./decompress.ts";
import { detectCompression, peekCompression, type Compression } from "../../formats/compression/detect.ts";

const text = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `line ${index}\n`).join(""));
const packed: Readonly<Record<Exclude<Compression, "none">, Uint8Array>> = {
  gzip: gzipSync(text), zstd: zstdCompressSync(text),
  bzip2: Bun.spawnSync(["bzip2", "-c"], { stdin: text }).stdout, xz: Bun.spawnSync(["xz", "-c"], { stdin: text }).stdout,
};

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try { await work; } catch (error) { return error; }
  return undefined;
}

describe("every format", () => {
  for (const [name, bytes] of Object.entries(packed)) {
    test(`${name} is detected and unpacked, in pieces of any size`, async () => {
      for (const size of [1000, 65_536, 1 << 24]) {
        const { compression, stream } = await decompressAny(inPieces(bytes, size));
        expect(compression).toBe(name as Compression);
        expect(Buffer.from(await collect(stream)).equals(text)).toBe(true);
      }
    });

    test(`${name} cut off or damaged is refused`, async () => {
      const cut = await failureOf(collect(decompress(inPieces(bytes.subarray(0, bytes.length >> 1)), name as Compression)));
      expect(isEngineError(cut, "corrupt-archive")).toBe(true);
      const damaged = Buffer.from(bytes);
      damaged.fill(0x55, damaged.length >> 1, (damaged.length >> 1) + 200);
      expect(isEngineError(await failureOf(collect(decompress(inPieces(damaged), name as Compression))), "corrupt-archive")).toBe(true);
    });

    test(`${name}: stopping early ends the work and closes the source`, async () => {
      let closed = false;
      const source = async function* (): AsyncGenerator<Uint8Array> {
        try { for (;;) yield* inPieces(bytes, 5000); } finally { closed = true; }
      };
      for await (const chunk of decompress(source(), name as Compression)) { expect(chunk.length).toBeGreaterThan(0); break; }
      expect(closed).toBe(true);
    });

    test(`${name}: the source's error comes through as it is`, async () => {
      const reason = new EngineError("unavailable", "the registry hung up");
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(bytes.subarray(0, 100));
        throw reason;
      };
      expect(await failureOf(collect(decompress(source(), name as Compression)))).toBe(reason);
    });
  }
});

test("short and unknown streams are no compression", async () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array([0x1f]), Buffer.from("ustar")]) {
    const { compression, stream } = await peekCompression(inPieces(bytes, 1));
    expect(compression).toBe("none");
    expect(Buffer.from(await collect(stream)).equals(bytes)).toBe(true);
  }
  expect(detectCompression(Buffer.from("BZh9"))).toBe("bzip2");
});

test("compressing: levels, the same bytes each time, other tools read it", async () => {
  for (const [algorithm, level] of [["gzip", undefined], ["gzip", 1], ["gzip", 9], ["zstd", undefined], ["zstd", 19]] as const) {
    const once = await collect(compress(inPieces(text), algorithm, level));
    expect(Buffer.from(once).equals(await collect(compress(inPieces(text, 777), algorithm, level)))).toBe(true);
    expect(Bun.spawnSync([algorithm, "-dc"], { stdin: once }).stdout.equals(text)).toBe(true);
  }
});

test("bombs: ratio and size are bounded", async () => {
  const zeros = zstdCompressSync(Buffer.alloc(32 << 20));
  expect(isEngineError(await failureOf(collect(decompress(inPieces(zeros), "zstd", { freeBytes: 1 << 20, maxRatio: 100 }))), "resource-exhausted")).toBe(true);
  expect(isEngineError(await failureOf(collect(decompress(inPieces(zeros), "zstd", { maxBytes: 1 << 20 }))), "resource-exhausted")).toBe(true);
  expect((await collect(decompress(inPieces(zeros), "zstd"))).length).toBe(32 << 20);
});

test("a missing program is named with its package", async () => {
  const before = process.env["PATH"];
  process.env["PATH"] = "/nonexistent";
  try {
    const failure = await failureOf(collect(decompress(inPieces(packed.xz), "xz")));
    expect(isEngineError(failure, "program-missing")).toBe(true);
    expect(isEngineError(failure) && failure.hint).toContain("xz-utils");
  } finally { process.env["PATH"] = before; }
});

test("zstd: several frames, skippable ones, and a cut at every byte", async () => {
  const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from("table")]);
  const checked = Bun.spawnSync(["zstd", "-c", "--check"], { stdin: Buffer.from("checked, ") }).stdout;
  const bytes = Buffer.concat([zstdCompressSync(Buffer.from("one, ")), skippable, checked, zstdCompressSync(Buffer.alloc(0)), zstdCompressSync(Buffer.alloc(400_000, "r")), skippable]);
  for (const size of [1, 7, bytes.length]) expect((await collect(decompress(inPieces(bytes, size), "zstd"))).length).toBe(400_014);
  const ends = new Set<number>();
  for (let length = 1; length <= bytes.length; length++) {
    if (await failureOf(collect(decompress(inPieces(bytes.subarray(0, length)), "zstd"))) === undefined) ends.add(length);
  }
  // Only after whole frames.
  expect(ends.size).toBe(6);
  expect(ends.has(bytes.length)).toBe(true);
});
