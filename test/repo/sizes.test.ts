/** Files and functions that a person can read in one go. */
import { expect, test } from "bun:test";
import { isTable, isTest, listFiles, readLines } from "./files.ts";

const maxFileLines = 500;
const maxTestLines = 800;
const maxFunctionLines = 80;
const scripts = listFiles(/^(?:src|test|tools|bench)\/.*\.(?:ts|mjs)$/).filter((path) => !isTable(path));

test("files are short", () => {
  const long = scripts.map((path) => ({ path, lines: readLines(path).length })).filter(({ path, lines }) => lines > (isTest(path) ? maxTestLines : maxFileLines));
  expect(long.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
});

test("functions are short", () => {
  const long = scripts.filter((path) => !path.endsWith(".test.ts") && !path.includes("/testing/")).flatMap((path) => longFunctions(path));
  expect(long).toEqual([]);
});

/** A function ends at the next line that begins with a closing brace in its own column: our layout is regular. */
function longFunctions(path: string): string[] {
  const lines = readLines(path);
  return lines.flatMap((line, start) => {
    const match = /^(\s*)(?:export |async |private |static |readonly |override )*(?:function\*? ?\w+|(?:const|let) \w+ = (?:async )?(?:\(|function)|[\w[\].]+\(.*\)(?:: .*)? \{$|[\w"]+: (?:async )?\(.*=> \{$)/.exec(line);
    if (match === null || !line.trimEnd().endsWith("{")) return [];
    const length = lines.slice(start + 1).findIndex((next) => next.startsWith(`${match[1]}}`)) + 2;
    return length > maxFunctionLines ? [`${path}:${start + 1}: ${length} lines`] : [];
  });
}
