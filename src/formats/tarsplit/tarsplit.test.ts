import { describe, expect, test } from "bun:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { isEngineError } from "../../base/errors.ts";
import { Crc64 } from "./crc64.ts";
import { decodeTarSplit, encodeTarSplit, type TarSplitRecord } from "./entry.ts";
import { readTarSplit } from "./read.ts";
import { TarSplitRecorder } from "./record.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Bit by bit, as the polynomial says. */
function slowCrc(bytes: Uint8Array): string {
  let register = 2n ** 64n - 1n;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) register = (register & 1n) === 1n ? (register >> 1n) ^ 0xd800000000000000n : register >> 1n;
  }
  return (register ^ (2n ** 64n - 1n)).toString(16).padStart(16, "0");
}

describe("CRC-64/GO-ISO", () => {
  test("the catalogue's check value", () => {
    const crc = new Crc64();
    crc.update(Buffer.from("123456789"));
    expect(hex(crc.digest())).toBe("b90956c775a41001");
  });

  test("equals the definition for any length, alignment and split", () => {
    const data = crypto.getRandomValues(new Uint8Array(1100));
    for (let length = 0; length < 40; length++) for (const start of [0, 1, 2, 3]) {
      const bytes = data.subarray(start, start + length);
      const crc = new Crc64();
      crc.update(bytes.subarray(0, length >> 1));
      crc.update(bytes.subarray(length >> 1));
      expect(hex(crc.digest())).toBe(slowCrc(bytes));
    }
    const crc = new Crc64();
    crc.update(data);
    expect(hex(crc.digest())).toBe(slowCrc(data));
  });
});

describe("records", () => {
  test("the text that Go's encoder writes", () => {
    expect(encodeTarSplit({ kind: "file", rawName: "./", sizeBytes: 0 }, 1)).toBe('{"type":1,"name":"./","payload":null,"position":1}\n');
    expect(encodeTarSplit({ kind: "file", rawName: "<&>.html", sizeBytes: 5, crc: new Uint8Array(8) }, 7)).toBe('{"type":1,"name":"\\u003c\\u0026\\u003e.html","size":5,"payload":"AAAAAAAAAAA=","position":7}\n');
    expect(encodeTarSplit({ kind: "file", rawName: "a\xff", sizeBytes: 0 }, 2)).toBe('{"type":1,"name_raw":"Yf8=","payload":null,"position":2}\n');
    expect(encodeTarSplit({ kind: "segment", bytes: Buffer.from("hi") }, 0)).toBe('{"type":2,"payload":"aGk=","position":0}\n');
  });

  test("what is written is read", () => {
    for (const record of [{ kind: "file", rawName: "Ã¼", sizeBytes: 3, crc: Buffer.from("12345678") }, { kind: "file", rawName: "raw\xfe", sizeBytes: 0 }, { kind: "segment", bytes: Buffer.from([0, 255]) }] as const satisfies TarSplitRecord[]) {
      const decoded = decodeTarSplit(encodeTarSplit(record, 0));
      expect(JSON.stringify(decoded)).toBe(JSON.stringify(record));
    }
  });

  test("damaged lines are refused", () => {
    for (const line of ["{", "[]", "1", '{"type":3}', '{"type":1,"size":-1}', '{"type":1,"size":"x"}', "null"]) {
      let failure: unknown;
      try { decodeTarSplit(line); } catch (error) { failure = error; }
      expect(isEngineError(failure, "corrupt-archive")).toBe(true);
    }
  });
});

async function all(gz: Uint8Array): Promise<TarSplitRecord[]> {
  const records: TarSplitRecord[] = [];
  for await (const record of readTarSplit(gz)) records.push(record);
  return records;
}

describe("recording", () => {
  test("segments join, files get checksums, content without a file stays a segment", async () => {
    const recorder = new TarSplitRecorder();
    recorder.raw(Buffer.from("head"));
    recorder.raw(Buffer.from("er"));
    recorder.begin("f", "f", true);
    recorder.content(Buffer.from("1234"));
    recorder.content(Buffer.from("56789"));
    recorder.end();
    recorder.raw(Buffer.from("pad"));
    recorder.begin(".wh.x", ".wh.x", false);
    recorder.content(Buffer.from("stray"));
    recorder.end();
    recorder.raw(new Uint8Array(3_000_000));
    const records = await all(await recorder.finish());
    expect(records.slice(0, 4).map((record) => record.kind === "file" ? [record.rawName, record.sizeBytes, hex(record.crc ?? new Uint8Array(0))] : Buffer.from(record.bytes).toString())).toEqual(["header", ["f", 9, "b90956c775a41001"], "pad", [".wh.x", 0, ""]]);
    const rest = records.slice(4).map((record) => record.kind === "segment" ? record.bytes : new Uint8Array(0));
    expect(Math.max(...rest.map((bytes) => bytes.length))).toBeLessThanOrEqual(1 << 20);
    expect(Buffer.concat(rest).length).toBe(3_000_005);
  });

  test("the same path twice is refused in Podman's words", () => {
    const recorder = new TarSplitRecorder();
    recorder.begin("a/", "a", false);
    expect(() => { recorder.begin("./a", "a", false); }).toThrow("duplicates of file paths not supported");
    recorder.discard();
  });

  test("gzip in several members is read; cut off or damaged is refused", async () => {
    const line = (position: number): string => encodeTarSplit({ kind: "segment", bytes: Buffer.alloc(5000, position) }, position);
    const joined = Buffer.concat([gzipSync(line(0) + line(1).slice(0, 99)), gzipSync(line(1).slice(99) + line(2))]);
    expect((await all(joined)).length).toBe(3);
    for (const bytes of [joined.subarray(0, 30), gunzipSync(joined), gzipSync("nonsense\n")]) {
      let failure: unknown;
      try { await all(bytes); } catch (error) { failure = error; }
      expect(isEngineError(failure, "corrupt-archive")).toBe(true);
    }
  });
});
