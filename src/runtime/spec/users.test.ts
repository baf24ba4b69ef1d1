import { describe, expect, test } from "bun:test";
import { parseGroup, parsePasswd, resolveAdditionalGroups, resolveUser } from "./users.ts";

const database = {
  users: parsePasswd("root:x:0:0:root:/root:/bin/sh\n# comment\n\nweb:x:33:44:Web:/srv:/bin/sh\n1000:x:7:8::/seven:\nbroken\nodd:x:abc:\n"),
  groups: parseGroup("root:x:0:\nwheel:x:10:web,root,\nweb:x:44:\n20:x:21:\nbroken\n"),
};

describe("users of a container", () => {
  test.each([
    ["", 0, 0, "/root", [10]], ["root", 0, 0, "/root", [10]], ["0", 0, 0, "/root", [10]], ["web", 33, 44, "/srv", [10]], ["33", 33, 44, "/srv", [10]],
    ["web:0", 33, 0, "/srv", []], ["web:wheel", 33, 10, "/srv", []], ["555", 555, 0, "/", []], ["555:666", 555, 666, "/", []], ["7", 7, 8, "/seven", []],
    // A number is a number, even where a name looks like one.
    ["1000", 1000, 0, "/", []], [":44", 0, 44, "/root", []], ["odd", 0, 0, "/", []],
  ] as const)("%j", (spec, uid, gid, home, supplementary) => {
    expect(resolveUser(spec, database)).toEqual({ uid, gid, home, supplementary: [...supplementary] });
  });
  test.each([
    ["nobody", "unable to find user nobody: no matching entries in passwd file"], ["web:nobody", "unable to find group nobody: no matching entries in group file"],
    ["-1", "uids and gids must be in range 0-2147483647"], ["99999999999", "uids and gids must be in range 0-2147483647"], ["1:99999999999", "uids and gids must be in range 0-2147483647"],
  ])("%s is refused", (spec, message) => { expect(() => resolveUser(spec, database)).toThrow(message); });
  test("additional groups by name and number", () => {
    expect(resolveAdditionalGroups(["wheel", "77", "20"], database.groups)).toEqual([10, 77, 21]);
    expect(() => resolveAdditionalGroups(["nosuch"], database.groups)).toThrow("unable to find group nosuch: no matching entries in group file");
  });
});
