import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { decompress } from "../../storage/archive/decompress.ts";
import { collect, inPieces } from "../tar/testing/build.ts";
import { blockGzip } from "./block-gzip.ts";
import { gzipBlock } from "./gzip-block.ts";

const text = Buffer.from(Array.from({ length: 500_000 }, (_, index) => `line ${index}\n`).join(""));

test("streams of any length come back, and the same stream gives the same bytes", async () => {
  for (const length of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, text.length]) {
    const data = text.subarray(0, length);
    const packed = Buffer.from(await collect(blockGzip(inPieces(data, 50_000), 3)));
    expect(gunzipSync(packed).equals(data)).toBe(true);
    expect(Buffer.from(await collect(decompress(inPieces(packed, 70_000), "gzip"))).equals(data)).toBe(true);
    expect(Buffer.from(await collect(blockGzip(inPieces(data, 1 << 22), 3))).equals(packed)).toBe(true);
  }
});

test("blocks are members in their order", async () => {
  const members = [text.subarray(0, 1 << 20), text.subarray(1 << 20, 2 << 20), text.subarray(2 << 20, 3 << 20)].map((block) => gzipBlock(new Uint8Array(block), 1));
  expect(Buffer.from(await collect(blockGzip(inPieces(text.subarray(0, 3 << 20), 100_000), 1))).equals(Buffer.concat(members))).toBe(true);
});

test("several streams at once share the threads", async () => {
  const all = await Promise.all(Array.from({ length: 6 }, async (_, index) => ({ index, packed: await collect(blockGzip(inPieces(text.subarray(index), 65_536), 2)) })));
  for (const { index, packed } of all) expect(gunzipSync(packed).equals(text.subarray(index))).toBe(true);
});

test("stopping early closes the source, and its error comes through", async () => {
  let closed = false;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    try { for (;;) yield await Promise.resolve(text.subarray(0, 300_000)); } finally { closed = true; }
  };
  for await (const member of blockGzip(endless(), 1)) { expect(member.length).toBeGreaterThan(0); break; }
  expect(closed).toBe(true);
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(text.subarray(0, 3 << 20));
    throw new Error("the disk is gone");
  };
  expect(await collect(blockGzip(broken(), 1)).catch((error: Error) => error.message)).toBe("the disk is gone");
});
