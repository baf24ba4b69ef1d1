import { expect, test } from "bun:test";
import { expandVariables, splitWords } from "./words.ts";

test.each([
  ["a  b\tc", ["a", "b", "c"]], ["a 'b c' \"d \\\" e\"", ["a", "b c", "d \" e"]], ["a\\ b", ["a b"]], ["", []], ["''", [""]], ["a # b\nc", ["a", "c"]], ["a#b", ["a#b"]], ["'a\\b'", ["a\\b"]],
])("%j", (text, words) => { expect(splitWords(text)).toEqual(words); });

test("an open quote", () => { expect(() => splitWords("a 'b")).toThrow("EOF found when expecting closing quote"); });

test("variables", () => { expect(expandVariables("$A-${A}-${B}$B-$-x", (name) => (name === "A" ? "1" : undefined))).toBe("1-1--x"); });
