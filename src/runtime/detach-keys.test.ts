import { describe, expect, test } from "bun:test";
import { createDetachScanner, parseDetachKeys } from "./detach-keys.ts";

describe("detach keys", () => {
  test.each([["ctrl-p,ctrl-q", [16, 17]], ["a,ctrl-@,ctrl-_", [97, 0, 31]], ["CTRL-X", [24]], ["", []], ["ctrl-[,ctrl-],ctrl-^,ctrl-\\", [27, 29, 30, 28]]])("%s", (text, bytes) => {
    expect([...parseDetachKeys(text)]).toEqual(bytes);
  });
  test.each(["ctrl-1", "xx", "a,,b", "strg-c"])("%s is refused", (text) => { expect(() => parseDetachKeys(text)).toThrow("invalid detach keys: "); });

  const scan = (keys: string, ...writes: string[]): string => {
    const scanner = createDetachScanner(parseDetachKeys(keys));
    return writes.map((text) => { const { data, detached } = scanner(Buffer.from(text)); return Buffer.from(data).toString() + (detached ? "!" : ""); }).join("|");
  };
  test("a sequence in one write, over several, broken off, repeated", () => {
    expect(scan("a,b", "xaby")).toBe("x!");
    expect(scan("a,b", "xa", "b")).toBe("x|!");
    expect(scan("a,b", "xa", "c", "ab")).toBe("x|ac|!");
    expect(scan("a,b", "aab")).toBe("a!");
    expect(scan("", "ab")).toBe("ab");
  });
});
