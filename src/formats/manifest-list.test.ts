import { expect, test } from "bun:test";
import { digestOf } from "./digest.ts";
import { changeEntry, emptyList, parseManifestList, preferredFormat, withEntry, withoutEntry, writeManifestList } from "./manifest-list.ts";

const digest = `sha256:${"1".repeat(64)}`;
const entry = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 5, platform: { architecture: "amd64", os: "linux" } };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("bytes and digests are those of containers/common", () => {
  expect(digestOf(writeManifestList(emptyList))).toBe("sha256:20b959ad5960230b65a77b746bdbf5d991ade4d7a129c2554e167acdcc990531");
  const list = withEntry({ ...emptyList, annotations: { b: "<", a: "1" } }, { ...entry, artifactType: "x/y", features: ["f"] });
  expect(text(writeManifestList(list))).toBe(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"${entry.mediaType}","digest":"${digest}","size":5,"platform":{"architecture":"amd64","os":"linux"},"artifactType":"x/y"}],"annotations":{"a":"1","b":"\\u003c"}}`);
  expect(text(writeManifestList(list, "docker"))).toBe(`{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[{"mediaType":"${entry.mediaType}","size":5,"digest":"${digest}","platform":{"architecture":"amd64","os":"linux","features":["f"]}}]}`);
});

test("what is written is read again, in both formats", () => {
  const list = withEntry(emptyList, { ...entry, platform: { ...entry.platform, variant: "v3", "os.version": "1", "os.features": ["a"] }, urls: ["https://x"] });
  for (const format of ["oci", "docker"] as const) expect(parseManifestList(writeManifestList(list, format))).toEqual({ list, format });
  expect(parseManifestList(writeManifestList(emptyList)).list).toEqual(emptyList);
  expect(parseManifestList(writeManifestList(withoutEntry(list, digest))).list).toEqual({ manifests: [] });
  expect(() => parseManifestList(Buffer.from('{"schemaVersion":2,"config":{"mediaType":"","digest":"sha256:x","size":1}}'))).toThrow();
});

test("Docker's format where only it can say all, OCI's where only that can", () => {
  const plain = withEntry(emptyList, entry);
  expect(preferredFormat(emptyList)).toBe("docker");
  expect(preferredFormat(plain)).toBe("oci");
  const featured = changeEntry(plain, digest, (old) => ({ ...old, features: ["sse4"] }));
  expect(preferredFormat(featured)).toBe("docker");
  expect(preferredFormat(changeEntry(featured, digest, (old) => ({ ...old, annotations: { a: "b" } })))).toBe("oci");
});

test("a platform that says nothing is left out; an entry that comes again goes to the end", () => {
  const { platform: _platform, ...bare } = entry;
  const list = withEntry(withEntry(emptyList, { ...entry, platform: { architecture: "", os: "" } }), { ...entry, digest: `sha256:${"2".repeat(64)}` });
  expect(list.manifests?.[0]).toEqual(bare);
  expect(withEntry(list, entry).manifests?.map((each) => each.digest[7])).toEqual(["2", "1"]);
  expect(() => withoutEntry(list, `sha256:${"3".repeat(64)}`)).toThrow("no instance matching digest");
});
