import { expect, test } from "bun:test";
import { renameEntry } from "./rename.ts";

test.each([
  ["a", "b"], ["a/", "b/"], ["a/x/y", "b/x/y"], ["a/x", "b/x"], ["ab", "ab"], ["x/a", "x/a"], ["c/d/e", "f/e"], ["", ""], ["toString", "toString"],
])("%s becomes %s", (name, renamed) => { expect(renameEntry({ a: "b", "c/d": "f" }, name)).toBe(renamed); });

test("everything below a root gets a name of its own", () => { expect(renameEntry({ "/": "new" }, "/etc/passwd")).toBe("new/etc/passwd"); });
