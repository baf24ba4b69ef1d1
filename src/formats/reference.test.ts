import { describe, expect, test } from "bun:test";
import { digestOf, isDigest, parseDigest } from "./digest.ts";
import { formatFamiliar, formatReference, isShortName, normalizeLocal, parseNormalized, parseReference, withDefaultTag } from "./reference.ts";

const hex = "a".repeat(64);

describe("parseReference", () => {
  test.each([
    ["fedora", { domain: "", path: "fedora" }],
    ["fedora:38", { domain: "", path: "fedora", tag: "38" }],
    ["localhost/a/b:c", { domain: "localhost", path: "a/b", tag: "c" }],
    ["my.host:5000/x__y-z.w", { domain: "my.host:5000", path: "x__y-z.w" }],
    ["[::1]:5000/x:y", { domain: "[::1]:5000", path: "x", tag: "y" }],
    [`quay.io/a/b:t@sha256:${hex}`, { domain: "quay.io", path: "a/b", tag: "t", digest: `sha256:${hex}` }],
  ])("%s", (text, expected) => { expect(parseReference(text)).toEqual(expected); });

  test.each([
    ["", "repository name must have at least one component"],
    ["BAD", "repository name must be lowercase"],
    ["quay.io/Foo/bar", "repository name must be lowercase"],
    ["bad::x", "invalid reference format"],
    ["a//b", "invalid reference format"],
    ["-a", "invalid reference format"],
    [`a:${"t".repeat(129)}`, "invalid reference format"],
    ["a".repeat(256), "repository name must not be more than 255 characters"],
    ["x@sha256:abcd", "invalid reference format"],
    [`x@sha256:${"a".repeat(63)}`, "invalid checksum digest length"],
    [`x@md5:${"a".repeat(32)}`, "unsupported digest algorithm"],
    [`${"a-".repeat(400)}`, "invalid reference format"],
    ["a".repeat(100_000), "invalid reference format"],
  ])("refuses %#", (text, message) => { expect(() => parseReference(text)).toThrow(message); });
});

test("normalising", () => {
  expect(formatReference(parseNormalized("alpine"))).toBe("docker.io/library/alpine");
  expect(formatReference(parseNormalized("index.docker.io/alpine:1"))).toBe("docker.io/library/alpine:1");
  expect(formatReference(parseNormalized("a/b"))).toBe("docker.io/a/b");
  expect(formatReference(withDefaultTag(parseNormalized("quay.io/a/b")))).toBe("quay.io/a/b:latest");
  expect(() => parseNormalized(hex)).toThrow("cannot specify 64-byte hexadecimal strings");
  expect(() => parseNormalized("Foo/bar")).toThrow("invalid reference format: repository name must be lowercase");
  expect(formatFamiliar(parseNormalized("docker.io/library/alpine:1"))).toBe("alpine:1");
  expect(formatFamiliar(parseNormalized("docker.io/me/x"))).toBe("me/x");
});

test("local names", () => {
  expect(formatReference(normalizeLocal("a"))).toBe("localhost/a:latest");
  expect(formatReference(normalizeLocal("a/b:c"))).toBe("localhost/a/b:c");
  expect(formatReference(normalizeLocal("docker.io/alpine"))).toBe("docker.io/library/alpine:latest");
  expect(formatReference(normalizeLocal(`quay.io/x:t@sha256:${hex}`))).toBe(`quay.io/x@sha256:${hex}`);
  expect(() => normalizeLocal("BAD")).toThrow('normalizing name "BAD": repository name must be lowercase');
});

test("short names", () => {
  expect(isShortName("fedora")).toBe(true);
  expect(isShortName("library/fedora")).toBe(true);
  expect(isShortName("quay.io/x")).toBe(false);
  expect(isShortName("localhost/x")).toBe(false);
});

test("digests refuse what could become a path", () => {
  expect(parseDigest(`sha256:${hex}`)).toEqual({ algorithm: "sha256", hex });
  expect(digestOf("")).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const text of ["", "sha256:", `sha256:../../${"a".repeat(58)}`, `sha256:${hex}/..`, `SHA256:${hex}`, `sha256:${"A".repeat(64)}`, `sha256:${hex}\n`, `md5:${"a".repeat(32)}`, hex, `sha256:${hex}a`]) {
    expect(isDigest(text)).toBe(false);
  }
});
