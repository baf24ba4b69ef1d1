import { expect, test } from "bun:test";
import { goAnsiTime, versionFromWire, versionToWire } from "./version.wire.ts";

test("a version comes back from its wire shape", () => {
  const built = 1_791_764_364;
  const report = { APIVersion: "5.8.3", Version: "5.8.3", GoVersion: "x", GitCommit: "abc", BuiltTime: goAnsiTime(built), Built: built, OsArch: "linux/amd64", Os: "linux" };
  expect(versionFromWire(JSON.parse(JSON.stringify(versionToWire(report))))).toEqual(report);
});

test("a service without Podman's component still has a version", () => {
  expect(versionFromWire({ Version: "28.0", ApiVersion: "1.44", Os: "linux", Arch: "arm64" })).toMatchObject({ Version: "28.0", APIVersion: "1.44", OsArch: "linux/arm64", BuiltTime: "" });
});
