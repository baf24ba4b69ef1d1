import { expect, test } from "bun:test";
import { zstdDecompressSync } from "node:zlib";
import { decompress } from "../../storage/archive/decompress.ts";
import { digestOf } from "../digest.ts";
import { archiveOf, collect, inPieces } from "../tar/testing/build.ts";
import { Cutter } from "./cut.ts";
import { annotation, chunkedMarks, parseToc } from "./toc.ts";
import { writeChunked } from "./write.ts";

/** Noise that is the same each time. */
function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = seed; at < length; at++) { state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0; bytes[at] = state >>> 16; }
  return bytes;
}

async function pack(tar: Uint8Array, pieces = 70_000): Promise<{ readonly blob: Buffer; readonly annotations: Readonly<Record<string, string>> }> {
  let annotations: Readonly<Record<string, string>> = {};
  const blob = Buffer.from(await collect(writeChunked(inPieces(tar, pieces), undefined, (marks) => { annotations = marks; })));
  return { blob, annotations };
}

function cut(bytes: Uint8Array, pieces: number): string[] {
  const chunks: string[] = [];
  let size = 0;
  const cutter = new Cutter({ data: (data) => { size += data.length; }, zeros: (count) => { size += count; }, endChunk: (isZeros) => { chunks.push(`${isZeros ? "zeros " : ""}${size}`); size = 0; } });
  for (let at = 0; at < bytes.length; at += pieces) cutter.push(bytes.subarray(at, at + pieces));
  cutter.end();
  return chunks;
}

test("content is cut by itself, not by how it arrives; runs of zeros are chunks of their own", () => {
  const bytes = Buffer.concat([noise(300_000), new Uint8Array(5000), noise(200_000, 7), new Uint8Array(1023), noise(10), new Uint8Array(2000)]);
  const chunks = cut(bytes, bytes.length);
  expect(cut(bytes, 777)).toEqual(chunks);
  expect(chunks.filter((chunk) => chunk.startsWith("zeros"))).toEqual(["zeros 5000", "zeros 2000"]);
  expect(chunks.map((chunk) => Number(chunk.replace("zeros ", ""))).reduce((sum, size) => sum + size, 0)).toBe(bytes.length);
  expect(chunks.length).toBeGreaterThan(6);
  // The sum looks 64 bytes back: what comes before moves no later cut.
  expect(cut(Buffer.concat([noise(1000, 3), bytes.subarray(0, 300_000)]), 4096).slice(1)).toEqual(cut(bytes.subarray(0, 300_000), 4096).slice(1));
  expect(cut(new Uint8Array(0), 1)).toEqual([]);
});

const big = Buffer.concat([noise(400_000), new Uint8Array(3000), noise(70_000, 5)]);
const archive = archiveOf(
  { name: "etc/", type: "directory" }, { name: "etc/name", content: "short\n", mode: 0o4755, uid: 7, xattrs: new Map([["user.k", Buffer.from("v")]]) },
  { name: "etc/empty" }, { name: "big", content: big, mtimeNanos: 1_700_000_000_000_000_000n }, { name: "link", type: "symlink", linkName: "etc/<name>" }, { name: "hard", type: "link", linkName: "etc/name" },
);

test("any zstd reader gives the archive back, and the same archive gives the same bytes", async () => {
  const tar = await archive;
  const { blob } = await pack(tar);
  expect(Buffer.from(await collect(decompress(inPieces(blob, 9999), "zstd"))).equals(tar)).toBe(true);
  expect(Bun.spawnSync(["zstd", "-dc"], { stdin: blob }).stdout.equals(tar)).toBe(true);
  expect((await pack(tar, 1234)).blob.equals(blob)).toBe(true);
});

test("the table of contents tells where every chunk lies", async () => {
  const { blob, annotations } = await pack(await archive);
  const marks = chunkedMarks(annotations, blob.length);
  if (marks === undefined) throw new Error("no marks");
  const packed = blob.subarray(marks.toc.offset, marks.toc.offset + marks.toc.length);
  expect(digestOf(packed)).toBe(marks.tocDigest);
  const plain = zstdDecompressSync(packed);
  expect(plain.length).toBe(marks.toc.unpackedLength);
  const toc = parseToc(plain);
  expect([...toc.files.keys()]).toEqual(["etc/name", "big"]);
  for (const [name, content] of [["etc/name", Buffer.from("short\n")], ["big", big]] as const) {
    const file = toc.files.get(name);
    expect(file?.digest).toBe(digestOf(content));
    const parts = (file?.chunks ?? []).map((chunk) => {
      const part = zstdDecompressSync(blob.subarray(chunk.offset, chunk.end));
      expect(digestOf(part)).toBe(chunk.digest ?? "");
      return part;
    });
    expect(Buffer.concat(parts).equals(content)).toBe(true);
  }
  const [folder, short] = JSON.parse(plain.toString()).entries;
  expect(folder).toEqual({ type: "dir", name: "etc/", mode: 0o755, modtime: "1970-01-01T00:00:00Z" });
  expect(short).toMatchObject({ type: "reg", name: "etc/name", mode: 0o4755, size: 6, uid: 7, xattrs: { "user.k": "dg==" } });
  expect(JSON.parse(plain.toString()).entries.find((entry: { name: string }) => entry.name === "big").modtime).toBe("2023-11-14T22:13:20Z");
  expect(blob.subarray(-8).toString()).toBe("GNUlInUx");
  expect(blob.readBigUInt64LE(blob.length - 64)).toBe(BigInt(marks.toc.offset));
});

test("marks that lie outside of the blob, are too long or damaged are no marks", () => {
  const good = { [annotation.tocChecksum]: digestOf("x"), [annotation.tocPosition]: "100:10:20:1", [annotation.tarSplitPosition]: "118:10:20" };
  expect(chunkedMarks(good, 200)).toEqual({ tocDigest: digestOf("x"), toc: { offset: 100, length: 10, unpackedLength: 20 }, tarSplit: { offset: 118, length: 10, unpackedLength: 20 } });
  for (const change of [{ [annotation.tocPosition]: "100:10:20:2" }, { [annotation.tocPosition]: "195:10:20:1" }, { [annotation.tocPosition]: "0:10:20:1" }, { [annotation.tocPosition]: "100:10:999999999999:1" }, { [annotation.tarSplitPosition]: "1:-1:2" }, { [annotation.tocChecksum]: "sha256:../x" }]) {
    expect(chunkedMarks({ ...good, ...change }, 200)).toBeUndefined();
  }
  expect(chunkedMarks(undefined, 200)).toBeUndefined();
});

test("hostile tables are refused", () => {
  const digest = digestOf("x");
  const table = (...entries: object[]): Uint8Array => Buffer.from(JSON.stringify({ version: 1, entries }));
  const file = { type: "reg", name: "f", size: 10, digest, offset: 5, endOffset: 9 };
  expect(parseToc(table(file)).files.size).toBe(1);
  for (const bytes of [
    Buffer.from("{"), Buffer.from('{"version":2,"entries":[]}'), table(file, file), table({ ...file, size: -1 }), table({ ...file, size: 1e300 }), table({ ...file, digest: "sha256:.." }), table({ ...file, endOffset: 5 }),
    table({ ...file, chunkSize: 4 }, { type: "chunk", name: "f", offset: 7, chunkOffset: 4, chunkSize: 5 }), table({ ...file, chunkSize: 4 }, { type: "chunk", name: "g", offset: 7, chunkOffset: 4, chunkSize: 6 }),
  ]) expect(() => parseToc(bytes)).toThrow("table of contents");
});
