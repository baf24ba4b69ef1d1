import { expect, test } from "bun:test";
import { parseEnds } from "./arguments.ts";

test.each([
  ["ctr:/a", "/b", { from: { container: "ctr", path: "/a" }, to: { path: "/b" } }],
  ["./with:colon", "ctr:b:c", { from: { path: "./with:colon" }, to: { container: "ctr", path: "b:c" } }],
  ["/with:colon", "ctr:.", { from: { path: "/with:colon" }, to: { container: "ctr", path: "." } }],
  ["-", "ctr:/", { from: { path: "-" }, to: { container: "ctr", path: "/" } }],
  [":a", "ctr:/", { from: { path: "a" }, to: { container: "ctr", path: "/" } }],
])("%s %s", (source, destination, ends) => { expect(parseEnds(source, destination)).toEqual(ends); });

test("a path must be there", () => {
  expect(() => parseEnds("ctr:", "/x")).toThrow("invalid arguments \"ctr:\", \"/x\": you must specify paths");
});
