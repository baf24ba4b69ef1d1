import { expect, test } from "bun:test";
import { messageOf } from "../base/errors.ts";
import { apparmorProfile, profileText } from "./apparmor.ts";

const none = { asked: undefined, configured: "containers-default-1", privileged: false, rootless: false, enabled: false };
const failure = async (request: Parameters<typeof apparmorProfile>[0]): Promise<string> => {
  try { await apparmorProfile(request); } catch (error) { return messageOf(error); }
  throw new Error("it did not fail");
};

test("without AppArmor there is no profile, and none can be asked for", async () => {
  expect(await apparmorProfile(none)).toBeUndefined();
  expect(await apparmorProfile({ ...none, asked: "unconfined" })).toBeUndefined();
  expect(await failure({ ...none, asked: "mine" })).toBe('apparmor profile "mine" specified, but Apparmor is not enabled on this system');
  expect(await failure({ ...none, asked: "mine", enabled: true, rootless: true })).toContain('apparmor profile "mine" specified');
});

test("with it: unconfined is said to the runtime, privileged ones have none, a foreign profile must be loaded", async () => {
  const enabled = { ...none, enabled: true };
  expect(await apparmorProfile({ ...enabled, asked: "unconfined" })).toBe("unconfined");
  expect(await apparmorProfile({ ...enabled, privileged: true })).toBeUndefined();
  expect(await apparmorProfile({ ...enabled, configured: "" })).toBeUndefined();
  expect(await apparmorProfile({ ...enabled, rootless: true })).toBeUndefined();
  expect(await failure({ ...enabled, asked: "nobody-has-this" })).toBe('AppArmor profile "nobody-has-this" specified but not loaded');
});

test("the default profile's text", () => {
  const text = profileText("containers-default-1", () => false);
  expect(text).toStartWith("@{PROC}=/proc/\nprofile containers-default-1 flags=(attach_disconnected,mediate_deleted) {\n");
  for (const rule of ["deny mount,", "deny @{PROC}/kcore rwklx,", "signal (send,receive) peer=containers-default-1,", "deny /sys/firmware/** rwklx,"]) expect(text).toContain(`  ${rule}\n`);
  expect(profileText("x", () => true)).toContain("#include <abstractions/base>");
});
