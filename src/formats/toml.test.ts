import { expect, test } from "bun:test";
import { parseToml } from "./toml.ts";

test("comments and lone headers give an empty table", () => {
  expect(parseToml("# a\n\n [engine]\n\t# b = 1\n[engine.runtimes]\r\n", "f")).toEqual({});
});

test("what stands between comments is parsed", () => {
  expect(parseToml('# x\r\n[a]\r\n#y\r\nb = [ # c\r\n  "d", # e\r\n\r\n]\r\nf = "#g"\r\n', "f")).toEqual({ a: { b: ["d"], f: "#g" } });
  expect(parseToml("a = '''\n# text\n'''\n", "f")).toEqual({ a: "# text\n" });
  expect(parseToml("big = 9007199254740993\nsmall = 1", "f")).toEqual({ big: 9007199254740993n, small: 1 });
});

test("a mistake is told with file, line and column of the file itself", () => {
  expect(() => parseToml("# one\n# two\na = \n", "/etc/x.conf")).toThrow(/^decode configuration \/etc\/x\.conf: .* at line 3, column \d+$/);
  expect(() => parseToml("a = 1\na = 2\n", "f")).toThrow("line 2");
});
