import { expect, test } from "bun:test";
import { parseTransfer, type Caller } from "./scp-places.ts";

const root: Caller = { isRoot: true, user: "root" };
const me: Caller = { isRoot: false, user: "me" };
const remote = (connection: string): object => ({ kind: "remote", connection });
const user = (name: string): object => ({ kind: "user", user: name });
const own = { kind: "own" };

test("images go between this store, users of this machine, and hosts", () => {
  expect(parseTransfer("alpine", "host::", me)).toEqual({ source: own, destination: remote("host"), image: "alpine" } as never);
  expect(parseTransfer("host::alpine:3", "", me)).toEqual({ source: remote("host"), destination: own, image: "alpine:3" } as never);
  expect(parseTransfer("a::img", "b::", me)).toEqual({ source: remote("a"), destination: remote("b"), image: "img" } as never);
  expect(parseTransfer("you@10.0.0.1:22/run/podman.sock::img", "new:1", me)).toEqual({ source: remote("you@10.0.0.1:22/run/podman.sock"), destination: own, image: "img", tag: "new:1" } as never);
  expect(parseTransfer("img", "you@localhost::other", root)).toEqual({ source: own, destination: user("you"), image: "img", tag: "other" } as never);
  expect(parseTransfer("1000:1000@localhost::img", "root@localhost::", root)).toEqual({ source: user("1000"), destination: user("root"), image: "img" } as never);
  // The image may stand on the other side alone.
  expect(parseTransfer("host::", "img", me)).toEqual({ source: remote("host"), destination: own, image: "img" } as never);
});

test("without a destination: from a user to root, from root to the user who called", () => {
  expect(parseTransfer("you@localhost::img", "", root).destination).toEqual(user("root") as never);
  expect(parseTransfer("root@localhost::img", "", me).destination).toEqual(user("me") as never);
  expect(parseTransfer("root@localhost::img", "", { ...root, sudoUser: "you" }).destination).toEqual(user("you") as never);
  expect(() => parseTransfer("root@localhost::img", "", root)).toThrow("$SUDO_USER must be defined to find the default rootless user");
});

test("what is no transfer is refused", () => {
  expect(() => parseTransfer("img", "", me)).toThrow("must specify a destination: invalid argument");
  expect(() => parseTransfer("host::", "", me)).toThrow("no source image specified: invalid argument");
  expect(() => parseTransfer("a::", "b::", me)).toThrow("a source image must be specified: invalid argument");
  expect(() => parseTransfer("-x@localhost::img", "b::", me)).toThrow("no user");
  expect(() => parseTransfer("::img", "b::", me)).toThrow("no host");
});
