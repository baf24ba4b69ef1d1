import { describe, expect, test } from "bun:test";
import { isEngineError } from "../../base/errors.ts";
import { fromLatin1, newBucket, readDatabase, type Bucket, type Database } from "./read.ts";
import { writeDatabase } from "./write.ts";

/** Applies a version to file bytes, as the writer of a real file does. */
function commit(file: Uint8Array, root: Bucket): Uint8Array {
  const previous: Database | undefined = file.length === 0 ? undefined : readDatabase(file);
  const writes = writeDatabase(root, previous);
  const size = Math.max(file.length, ...writes.map(({ offset, bytes }) => offset + bytes.length));
  const grown = new Uint8Array(size);
  grown.set(file);
  for (const { offset, bytes } of writes) grown.set(bytes, offset);
  return grown;
}

function sample(entries: number): Bucket {
  const root = newBucket();
  const network = newBucket();
  const subnet = newBucket();
  for (let index = 0; index < entries; index++) subnet.values.set(String.fromCharCode(10, 88, index >> 8, index & 255), fromLatin1(`id-${index}`));
  network.buckets.set("10.88.0.0/16", subnet);
  network.buckets.set("ids", newBucket());
  root.buckets.set("podman", network);
  return root;
}

describe("bolt", () => {
  test("what is written is read again, small and large", () => {
    for (const entries of [0, 1, 3000]) {
      const read = readDatabase(commit(new Uint8Array(), sample(entries)));
      expect(read.root).toEqual(sample(entries));
    }
  });
  test("versions alternate without the file growing", () => {
    let file: Uint8Array = new Uint8Array();
    const sizes: number[] = [];
    for (let version = 0; version < 20; version++) {
      file = commit(file, sample(100 + version));
      expect(readDatabase(file).root).toEqual(sample(100 + version));
      sizes.push(file.length);
    }
    expect(sizes[19]).toBe(sizes[3] ?? 0);
  });
  test("a torn meta page leaves the version before", () => {
    const first = commit(new Uint8Array(), sample(5));
    const second = commit(first, sample(6));
    const torn = second.slice();
    const { transaction } = readDatabase(second);
    torn.fill(0xff, Number(transaction % 2n) * 4096 + 20, Number(transaction % 2n) * 4096 + 60);
    expect(readDatabase(torn).root).toEqual(sample(5));
  });
  test("rubbish is refused, never read out of bounds", () => {
    const good = commit(new Uint8Array(), sample(50));
    expect(() => readDatabase(new Uint8Array(8192))).toThrow("no valid meta page");
    for (let position = 8192; position < good.length; position += 7) {
      const bad = good.slice();
      bad[position] = (bad[position] ?? 0) ^ 0xff;
      try { readDatabase(bad); } catch (error) { expect(isEngineError(error, "data-loss")).toBe(true); }
    }
  });
});
