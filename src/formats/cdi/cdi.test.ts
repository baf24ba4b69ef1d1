import { expect, test } from "bun:test";
import { isCdiName, parseCdiName } from "./name.ts";
import { toCdiSpec } from "./spec.ts";

test("names are told from paths", () => {
  expect(parseCdiName("nvidia.com/gpu=0:1")).toEqual({ vendor: "nvidia.com", class: "gpu", name: "0:1" });
  for (const name of ["a/b=c", "vendor.com/class_x=all", "v-1/c=GPU-8.1"]) expect(isCdiName(name)).toBe(true);
  for (const text of ["/dev/sda", "/dev/a=b", "a=b", "a/b", "a/b=", "=", "1a/b=c", "a/b=-c", "a./b=c", "a/b=c:", "a/b/c=d", "/dev/null:/dev/x:rwm"]) expect(isCdiName(text)).toBe(false);
});

const device = { name: "d", containerEdits: { env: ["A=b"] } };
const file = (more: object): unknown => ({ cdiVersion: "0.6.0", kind: "v.com/c", devices: [device], ...more });

test("a specification", () => {
  expect(toCdiSpec(file({ containerEdits: { mounts: [{ hostPath: "/a", containerPath: "/b" }] } }))).toMatchObject({ vendor: "v.com", class: "c", devices: [{ name: "d", edits: { env: ["A=b"] } }], edits: { mounts: [{ hostPath: "/a", containerPath: "/b", options: [] }] } });
});

test("what is none is refused with the reason", () => {
  const refused: readonly (readonly [unknown, string])[] = [
    [[], "no mapping"], [null, "no mapping"], [file({ cdiVersion: "2" }), "invalid CDI version"], [file({ cdiVersion: 0.6 }), "invalid CDI version"], [file({ kind: "x" }), 'invalid kind "x"'],
    [file({ devices: [] }), "no devices"], [file({ devices: {} }), "devices is no list"], [file({ devices: [device, device] }), 'multiple device "d"'], [file({ devices: [{ name: "a/b" }] }), "invalid device name"],
    [file({ containerEdits: { env: ["x"] } }), 'invalid environment variable "x"'], [file({ containerEdits: { env: ["=x"] } }), "invalid environment variable"],
    [file({ containerEdits: { deviceNodes: [{ path: "" }] } }), "empty path"], [file({ containerEdits: { deviceNodes: [{ path: "/a", type: "x" }] } }), 'invalid type "x"'],
    [file({ containerEdits: { deviceNodes: [{ path: "/a", permissions: "rx" }] } }), 'invalid permissions "rx"'], [file({ containerEdits: { deviceNodes: [{ path: "/a", major: "1" }] } }), "invalid major"],
    [file({ containerEdits: { hooks: [{ hookName: "later", path: "/x" }] } }), 'invalid hook name "later"'], [file({ containerEdits: { hooks: [{ hookName: "prestart" }] } }), "empty path"],
    [file({ containerEdits: { mounts: [{ hostPath: "/a" }] } }), "empty containerPath"], [file({ containerEdits: { intelRdt: { closID: "../x" } } }), "invalid ClosID"], [file({ containerEdits: { additionalGids: [-1] } }), "additionalGids"],
  ];
  for (const [value, reason] of refused) expect(() => toCdiSpec(value)).toThrow(reason);
});
