import { expect, test } from "bun:test";
import { spliceRecords, type Change } from "./splice.ts";

const list = [{ id: "a", text: "quote \" brace } [", json: "{\"id\":\"b\"}" }, { id: "b", nested: { x: "{", more: [{ y: "}" }] } }, { id: "c" }];
const text = JSON.stringify(list);

function expectChange(changes: readonly Change[], wanted: readonly object[]): void {
  expect(JSON.parse(spliceRecords(text, 3, changes) ?? "null")).toEqual(wanted);
}

test("records are added, replaced and removed in place", () => {
  expectChange([["d", "{\"id\":\"d\"}"]], [...list, { id: "d" }]);
  for (const at of [0, 1, 2]) {
    const { id } = list[at] ?? { id: "" };
    expectChange([[id, undefined]], list.toSpliced(at, 1));
    expectChange([[id, JSON.stringify({ id, new: 1 })]], list.toSpliced(at, 1, { id, new: 1 } as never));
  }
  expectChange([["a", undefined], ["c", undefined], ["b", undefined]], []);
  expectChange([["absent", undefined]], list);
  expect(spliceRecords("[]", 0, [["a", "{\"id\":\"a\"}"]])).toBe("[{\"id\":\"a\"}]");
});

test("text that others wrote in another way is not guessed at", () => {
  expect(spliceRecords("[ {\"id\":\"a\"} ]\n", 1, [["a", undefined]])).toBeUndefined();
  expect(spliceRecords("[{\"id\":\"a\"},{\"id\":\"a\"}]", 2, [["a", undefined]])).toBeUndefined();
  expect(spliceRecords("[{\"n\":[{\"id\":\"a\"}],\"id\":\"b\"}]", 1, [["a", undefined]])).toBeUndefined();
  expect(spliceRecords("[{\"id\":\"a\",\"n\":[{\"id\":\"b\"}]}]", 1, [["b", undefined]])).toBeUndefined();
});
