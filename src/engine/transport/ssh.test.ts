import { expect, test } from "bun:test";
import { parseSshUrl } from "../../config/ssh-url.ts";
import { sshArguments } from "./ssh.ts";

test("an address names user, host, port and socket", () => {
  expect(parseSshUrl("ssh://me@host:2222/run/user/1000/podman/podman.sock")).toEqual({ host: "host", user: "me", port: "2222", path: "/run/user/1000/podman/podman.sock" });
  expect(parseSshUrl("ssh://host")).toEqual({ host: "host", path: "/run/podman/podman.sock" });
});

test("what would be an option of ssh is refused", () => {
  for (const url of ["ssh://-oProxyCommand=x/run/s", "ssh://-oProxyCommand=x@host/run/s", "ssh:///run/s"]) expect(() => parseSshUrl(url)).toThrow("connect to");
});

test("the arguments of ssh", () => {
  expect(sshArguments({ host: "host", user: "me", port: "22", path: "/r.sock" }, "/l.sock", "/key")).toEqual([
    "-N", "-T", "-o", "ExitOnForwardFailure=yes", "-o", "StreamLocalBindUnlink=yes", "-p", "22", "-i", "/key", "-L", "/l.sock:/r.sock", "--", "me@host",
  ]);
});
