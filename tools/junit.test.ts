import { expect, test } from "bun:test";
import { parseJunit } from "./junit.ts";

test("cases, outcomes, entities", () => {
  const text = `<?xml version="1.0"?><testsuites tests="3"><testsuite name="a"><testcase name="one &amp; two" classname="group" file="f.ts" />
    <testcase name="b" classname="" file="f.ts"><skipped /></testcase>
    <testcase name="c" classname="g" file="f.ts"><failure type="E" message="1 &lt; 2"/></testcase></testsuite></testsuites>`;
  expect(parseJunit(text)).toEqual([
    { name: "group > one & two", file: "f.ts", outcome: "passed", message: "" },
    { name: "b", file: "f.ts", outcome: "skipped", message: "" },
    { name: "g > c", file: "f.ts", outcome: "failed", message: "1 < 2" },
  ]);
});

test("a report that was never finished is an error", () => { expect(() => parseJunit("")).toThrow("no testsuites element"); });
