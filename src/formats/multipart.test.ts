import { expect, test } from "bun:test";
import { boundaryOf, readParts, writeParts, type OutgoingPart } from "./multipart.ts";

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function* stream(text: string): AsyncGenerator<Uint8Array> { yield Buffer.from(text); }
async function all(data: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
async function partsOf(text: string, size: number, boundary = "X"): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  for await (const part of readParts(inChunks(Buffer.from(text), size), boundary)) found.push([part.name, part.filename, await all(part.data)]);
  return found;
}

test("what is written is read, however it is cut", async () => {
  const parts: OutgoingPart[] = [
    { name: "", contentType: "application/json", data: stream("{}") }, { name: "a", filename: 'we"ird\\ name', data: stream("one\r\n--Xno\r\n\r\n") }, { name: "empty", filename: "e", data: stream("") },
  ];
  const text = await all(writeParts(parts, "XY"));
  const read = [["", "", "{}"], ["a", 'we"ird\\ name', "one\r\n--Xno\r\n\r\n"], ["empty", "e", ""]];
  for (const size of [1, 2, 3, 7, 64, 10_000]) expect(await partsOf(text, size, "XY")).toEqual(read);
});

test("a part that is not read is skipped", async () => {
  const names: string[] = [];
  for await (const { name } of readParts(inChunks(Buffer.from('--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nlong\r\n--X\r\nContent-Disposition: form-data; name=b\r\n\r\n2\r\n--X--'), 5), "X")) names.push(name);
  expect(names).toEqual(["a", "b"]);
});

test("a part without a head, a preamble, and what is cut off or malformed", async () => {
  expect(await partsOf("before\r\n--X\r\n\r\nbody\r\n--X--\r\nafter", 3)).toEqual([["", "", "body"]]);
  expect(partsOf("--X\r\n\r\nbody", 4)).rejects.toThrow("unexpected end");
  expect(partsOf("--Xjunk\r\n\r\nbody\r\n--X--", 4)).rejects.toThrow("a delimiter goes on");
  expect(partsOf(`--X\r\n${"a".repeat(40_000)}`, 1000)).rejects.toThrow("larger than");
});

test("the boundary of a content type", () => {
  expect(boundaryOf("multipart/form-data; boundary=abc")).toBe("abc");
  expect(boundaryOf('Multipart/Form-Data;charset=utf-8; boundary="a b"')).toBe("a b");
  expect(boundaryOf("application/json; boundary=abc")).toBeUndefined();
});
