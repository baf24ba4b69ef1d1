import { describe, expect, test } from "bun:test";
import { mediaTypes } from "../contract/types/oci.ts";
import { digestOf } from "./digest.ts";
import { chooseInstance, manifestType, maxManifestBytes, normalizePlatform, parseImageConfig, parseManifest } from "./manifest.ts";
import { compressionOfType, writeManifest } from "./manifest-write.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const config = { mediaType: mediaTypes.ociConfig, digest: digestOf("c"), size: 1 };
const layer = { mediaType: mediaTypes.ociLayerGzip, digest: digestOf("l"), size: 1 };

test("types are told apart by content and by declaration", () => {
  expect(manifestType(bytes({ schemaVersion: 2, config, layers: [] }))).toBe(mediaTypes.ociManifest);
  expect(manifestType(bytes({ schemaVersion: 2, config: { ...config, mediaType: mediaTypes.dockerConfig }, layers: [] }))).toBe(mediaTypes.dockerManifest);
  expect(manifestType(bytes({ schemaVersion: 2, manifests: [] }))).toBe(mediaTypes.ociIndex);
  expect(parseManifest(bytes({ schemaVersion: 2, manifests: [] }), `${mediaTypes.dockerIndex}; charset=utf-8`).mediaType).toBe(mediaTypes.dockerIndex);
  expect(() => parseManifest(bytes({ schemaVersion: 1, fsLayers: [] }))).toThrow("schema 1 is not supported");
});

describe("hostile manifests are refused", () => {
  test.each([
    [{ schemaVersion: 2, config, layers: [], manifests: [] }, "ambiguous"],
    [{ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], layers: [] }, "ambiguous"],
    [{ schemaVersion: 2, config: { ...config, digest: "sha256:../../etc/passwd" }, layers: [] }, "invalid digest"],
    [{ schemaVersion: 2, config, layers: [{ ...layer, digest: `${layer.digest}/../x` }] }, "layer 0 has an invalid digest"],
    [{ schemaVersion: 2, config, layers: [{ ...layer, size: -1 }] }, "invalid size"],
    [{ schemaVersion: 2, config, layers: [{ ...layer, size: 1.5 }] }, "invalid size"],
    [{ schemaVersion: 2, config, layers: "x" }, "is not a list"],
    [{ schemaVersion: 2, config, layers: Array.from({ length: 5000 }, () => layer) }, "more than 4096 layers"],
    [{ schemaVersion: 2, layers: [] }, "no descriptor for config"],
    ["[]", "not a JSON object"],
    ["{", "not valid JSON"],
  ])("%#", (document, message) => { expect(() => parseManifest(bytes(document))).toThrow(message); });

  test("size limit", () => {
    expect(() => parseManifest(new Uint8Array(maxManifestBytes + 1))).toThrow("larger than");
    expect(() => parseImageConfig(bytes({ rootfs: { diff_ids: ["sha256:../x"] } }))).toThrow("invalid checksum digest");
  });
});

test("an index gives the best variant, then zstd, then an entry without platform", () => {
  const entry = (name: string, platform?: object, zstd = false): object => ({
    mediaType: mediaTypes.ociManifest, digest: digestOf(name), size: 1, ...(platform === undefined ? {} : { platform }),
    ...(zstd ? { annotations: { "io.github.containers.compression.zstd": "true" } } : {}),
  });
  const choose = (entries: object[], os: string, architecture: string, variant?: string): string => {
    const parsed = parseManifest(bytes({ schemaVersion: 2, manifests: entries }));
    if (parsed.kind !== "index") throw new Error("not an index");
    return chooseInstance(parsed, normalizePlatform(os, architecture, variant)).digest;
  };
  const arm = (variant: string): object => ({ os: "linux", architecture: "arm", variant });
  const entries = [entry("v6", arm("v6")), entry("v7", arm("v7")), entry("amd", { os: "linux", architecture: "amd64" }), entry("amdz", { os: "linux", architecture: "amd64" }, true)];
  expect(choose(entries, "linux", "armhf")).toBe(digestOf("v7"));
  expect(choose(entries, "linux", "arm", "v8")).toBe(digestOf("v7"));
  expect(choose(entries, "linux", "arm", "6")).toBe(digestOf("v6"));
  expect(choose(entries, "linux", "x86_64")).toBe(digestOf("amdz"));
  expect(choose([...entries, entry("any")], "linux", "s390x")).toBe(digestOf("any"));
  expect(() => choose(entries, "linux", "s390x")).toThrow('no image found in image index for architecture "s390x", variant "", OS "linux"');
});

test("writing: field order of each format", () => {
  const text = (format: "oci" | "v2s2"): string => new TextDecoder().decode(writeManifest(format, { config, layers: [layer], annotations: { b: "<", a: "1" } }).bytes);
  expect(text("oci")).toBe(`{"schemaVersion":2,"mediaType":"${mediaTypes.ociManifest}","config":{"mediaType":"${mediaTypes.ociConfig}","digest":"${config.digest}","size":1},"layers":[{"mediaType":"${mediaTypes.ociLayerGzip}","digest":"${layer.digest}","size":1}],"annotations":{"a":"1","b":"\\u003c"}}`);
  expect(text("v2s2")).toBe(`{"schemaVersion":2,"mediaType":"${mediaTypes.dockerManifest}","config":{"mediaType":"${mediaTypes.dockerConfig}","size":1,"digest":"${config.digest}"},"layers":[{"mediaType":"${mediaTypes.dockerLayerGzip}","size":1,"digest":"${layer.digest}"}]}`);
  expect(compressionOfType("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")).toBe("gzip");
  expect(compressionOfType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")).toBe("gzip");
});
