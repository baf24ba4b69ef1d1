/** Hostile images and registries, by class: each is refused in clear words, and nothing of it stays in the store or beside it. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isEngineError, messageOf } from "../../src/base/errors.ts";
import { archiveOf, type Member } from "../../src/formats/tar/testing/build.ts";
import { loadPath } from "../../src/image/load.ts";
import { pullImages } from "../../src/image/pull.ts";
import { push } from "../../src/image/push.ts";
import { imageContext, type ImageContext } from "../../src/image/testing/image-context.ts";
import { addImage } from "../../src/storage/testing/temporary-store.ts";
import { fakeRegistry, type Answer, type FakeRegistry } from "../../src/transports/testing/fake-registry.ts";
import { digestOf } from "../harness/image.ts";

let machine: ImageContext;
beforeEach(async () => { machine = await imageContext(); });
afterEach(async () => {
  const { store } = machine.temporary;
  // No half layer, no staged one, no spooled blob.
  for (const folder of ["overlay-layers", "overlay-images", "overlay"].map((name) => join(store.graphRoot, name)).filter((path) => existsSync(path))) {
    expect(readdirSync(folder).filter((name) => /^[0-9a-f]{64}/.test(name))).toEqual([]);
    if (existsSync(join(folder, "staging"))) expect(readdirSync(join(folder, "staging"))).toEqual([]);
    if (existsSync(join(folder, "tempdirs"))) expect(readdirSync(join(folder, "tempdirs"))).toEqual([]);
  }
  expect(store.images()).toEqual([]);
  expect(readdirSync(machine.root).filter((name) => name.startsWith("container_images"))).toEqual([]);
  await machine[Symbol.asyncDispose]();
});

/** The text of the refusal. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try { await work; } catch (error) {
    expect(isEngineError(error)).toBe(true);
    return messageOf(error);
  }
  throw new Error("nothing was refused");
}

const types = { manifest: "application/vnd.oci.image.manifest.v1+json", index: "application/vnd.oci.image.index.v1+json", config: "application/vnd.oci.image.config.v1+json", layer: "application/vnd.oci.image.layer.v1.tar+gzip" };
const descriptor = (mediaType: string, bytes: Uint8Array): object => ({ mediaType, digest: digestOf(bytes), size: bytes.length });

interface Parts { readonly layers?: readonly Uint8Array[]; readonly diffIds?: readonly string[]; readonly manifest?: (good: Record<string, unknown>) => unknown; readonly config?: (good: Record<string, unknown>) => unknown; readonly rawManifest?: Uint8Array }
const plain = await archiveOf({ name: "etc/name", content: "x" });

/** An OCI layout in a folder, whose manifest or configuration may be changed. */
function layout({ layers = [gzipSync(plain)], diffIds = [digestOf(plain)], manifest = (good) => good, config = (good) => good, rawManifest }: Parts): string {
  const folder = join(machine.root, "layout");
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const put = (bytes: Uint8Array): void => { writeFileSync(join(folder, "blobs/sha256", digestOf(bytes).slice(7)), bytes); };
  const configBytes = Buffer.from(JSON.stringify(config({ architecture: process.arch === "arm64" ? "arm64" : "amd64", os: "linux", config: {}, rootfs: { type: "layers", diff_ids: diffIds } })));
  const bytes = rawManifest ?? Buffer.from(JSON.stringify(manifest({ schemaVersion: 2, mediaType: types.manifest, config: descriptor(types.config, configBytes), layers: layers.map((layer) => descriptor(types.layer, layer)) })));
  for (const blob of [...layers, configBytes, bytes]) put(blob);
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [descriptor(types.manifest, bytes)] }));
  return folder;
}
const loaded = (parts: Parts): Promise<string> => refusal(pullImages(machine.context, { ref: `oci:${layout(parts)}` }));

describe("digests that are none", () => {
  for (const digest of ["sha256:../../../etc/passwd", "sha256:", `sha256:${"A".repeat(64)}`, `md5:${"a".repeat(32)}`, `sha256:${"a".repeat(63)}`, "", `sha256:${"a".repeat(64)}/../x`]) {
    test(JSON.stringify(digest.slice(0, 30)), async () => {
      const bad = { mediaType: types.layer, digest, size: 5 };
      expect(await loaded({ manifest: (good) => ({ ...good, layers: [bad] }) })).toContain("digest");
      expect(await loaded({ manifest: (good) => ({ ...good, config: { ...bad, mediaType: types.config } }) })).toContain("digest");
      expect(await loaded({ diffIds: [digest] })).toMatch(/digest|diff id/);
    });
  }
});

describe("two-faced and absurd manifests", () => {
  test("image and index at once, whatever the type says", async () => {
    for (const mediaType of [types.manifest, types.index]) expect(await loaded({ manifest: (good) => ({ ...good, mediaType, manifests: [] }) })).toContain("rejecting ambiguous manifest");
    expect(await loaded({ manifest: (good) => ({ ...good, fsLayers: [] }) })).toContain("ambiguous");
  });

  test("sizes, counts and depths beyond reason", async () => {
    const entry = { mediaType: types.layer, digest: digestOf(plain), size: 1 };
    expect(await loaded({ manifest: (good) => ({ ...good, layers: Array(5000).fill(entry) }) })).toContain("more than 4096 layers");
    for (const size of [-1, 2 ** 60, 1.5, "7", null]) expect(await loaded({ manifest: (good) => ({ ...good, layers: [{ ...entry, size }] }) })).toContain("invalid size");
    expect(await loaded({ manifest: (good) => ({ ...good, config: { mediaType: types.config, digest: digestOf(plain), size: 2 ** 40 } }) })).toContain("larger than");
    expect(await loaded({ rawManifest: Buffer.alloc(5 << 20, 0x20) })).toContain("larger than");
    expect(await loaded({ rawManifest: Buffer.from(`{"a":${"[".repeat(900_000)}`) })).toContain("not valid JSON");
  });

  test("configurations that do not fit their layers", async () => {
    expect(await loaded({ diffIds: [] })).toContain("DiffID");
    expect(await loaded({ diffIds: [digestOf(Buffer.from("other"))] })).toContain("expected");
    expect(await loaded({ config: (good) => ({ ...good, rootfs: { type: "layers", diff_ids: Array(5000).fill(digestOf(plain)) } }) })).toContain("more than 4096");
    expect(await loaded({ config: (good) => ({ ...good, rootfs: { type: "layers", diff_ids: [7] } }) })).toContain("diff id");
  });
});

describe("layers", () => {
  const withMembers = async (...members: readonly Member[]): Promise<string> => {
    const tar = await archiveOf(...members);
    return loaded({ layers: [gzipSync(tar)], diffIds: [digestOf(tar)] });
  };

  test("names that lead out, and the same name twice", async () => {
    expect(await withMembers({ name: "../../escaped", content: "x" })).toContain("escaped");
    expect(existsSync(join(machine.temporary.store.graphRoot, "escaped"))).toBe(false);
    expect(await withMembers({ name: "a", content: "1" }, { name: "a", content: "2" })).toContain("duplicates of file paths");
  });

  test("cut off, of another format than any, more than the blob says", async () => {
    const whole = gzipSync(plain);
    expect(await loaded({ layers: [whole.subarray(0, whole.length - 9)] })).toMatch(/decompress|unexpected end/);
    expect(await loaded({ layers: [Buffer.from("this is no archive".repeat(100))] })).toContain("tar");
    expect(await loaded({ layers: [whole], manifest: (good) => ({ ...good, layers: [{ ...descriptor(types.layer, whole), size: whole.length - 1 }] }) })).toContain("is longer than its");
  });
});

describe("docker archives", () => {
  const archive = async (...members: readonly Member[]): Promise<string> => {
    const path = join(machine.root, "archive.tar");
    writeFileSync(path, await archiveOf(...members));
    return refusal(loadPath(machine.context, { path }));
  };

  test("tables that name files of this machine, by path or by link", async () => {
    const table = (config: string, layer: string): Member => ({ name: "manifest.json", content: JSON.stringify([{ Config: config, RepoTags: ["localhost/x:1"], Layers: [layer] }]) });
    const config: Member = { name: "c.json", content: JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [digestOf(Buffer.from("root"))] } }) };
    expect(await archive(table("/etc/passwd", "l.tar"))).toContain("not found in the archive");
    expect(await archive(table("../../../../etc/passwd", "l.tar"))).toContain("not found in the archive");
    expect(await archive(table("c.json", "l.tar"), config, { name: "l.tar", type: "symlink", linkName: "/etc/passwd" })).toContain("not found in the archive");
    expect(await archive(table("c.json", "l.tar"), config, { name: "l.tar", type: "symlink", linkName: "l.tar" })).toContain("not found in the archive");
  });

  test("tables that are none, or without end", async () => {
    expect(await archive({ name: "manifest.json", content: "{" })).toContain("manifest.json");
    expect(await archive({ name: "manifest.json", content: " ".repeat(5 << 20) })).toContain("larger than");
    expect(await archive({ name: "manifest.json", content: JSON.stringify([{ Config: 7 }]) })).toContain("configuration");
  });
});

describe("registries", () => {
  const secret = { username: "me", password: "secret" };
  const endless = (): Response => new Response(new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(1 << 18)); } }));
  const pullFrom = async (registry: FakeRegistry): Promise<string> => refusal(pullImages(machine.context, { ref: `${registry.host}/app:1`, tlsVerify: false, credentials: secret, retry: 0 }));

  const cases: readonly (readonly [string, Answer])[] = [
    ["an endless manifest", (_request, url) => (url.pathname === "/v2/" ? new Response("{}") : endless())],
    ["an endless token", (_request, url) => (url.pathname === "/token" ? endless() : new Response("", { status: 401, headers: { "www-authenticate": `Bearer realm="http://${url.host}/token",service="x"` } }))],
    ["an endless chain of redirects", (_request, url) => (url.pathname === "/v2/" ? new Response("{}") : new Response("", { status: 307, headers: { location: `${url.pathname}a` } }))],
    ["a schema 1 layer that is not what it says", (_request, url) => {
      if (url.pathname === "/v2/") return new Response("{}");
      const manifest = { schemaVersion: 1, fsLayers: [{ blobSum: digestOf(plain) }], history: [{ v1Compatibility: "{}" }] };
      return url.pathname.includes("/manifests/") ? new Response(JSON.stringify(manifest), { headers: { "content-type": "application/vnd.docker.distribution.manifest.v1+json" } }) : new Response(plain.subarray(0, 100));
    }],
  ];
  for (const [name, answer] of cases) {
    test(name, async () => {
      await using registry = fakeRegistry(answer);
      expect(await pullFrom(registry)).not.toBe("");
    });
  }

  test("credentials go to the registry alone: not with its redirects, not to its uploads elsewhere, not to foreign layers", async () => {
    await using other = fakeRegistry(() => new Response("", { status: 404 }));
    await using registry: FakeRegistry = fakeRegistry((request, url) => {
      if (url.pathname === "/v2/" && request.headers.get("authorization") === null) return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
      if (url.pathname === "/v2/") return new Response("{}");
      if (request.method === "POST") return new Response("", { status: 202, headers: { location: `http://${other.host}/upload?state=1` } });
      if (request.method === "HEAD") return new Response("", { status: 404 });
      return new Response("", { status: 307, headers: { location: `http://${other.host}${url.pathname}` } });
    });
    await pullFrom(registry);
    const { store } = machine.temporary;
    await addImage(store, "localhost/own:1", [{ "a": "b" }]);
    const pushing = (async () => { for await (const _item of push(machine.context, { ref: "localhost/own:1", destination: `${registry.host}/own:1`, tlsVerify: false, credentials: secret, retry: 0 })) { /* until it fails */ } })();
    await refusal(pushing);
    expect(other.seen.length).toBeGreaterThan(1);
    expect(other.seen.map(({ authorization }) => authorization).filter((given) => given !== null)).toEqual([]);
    expect(registry.seen.some(({ authorization }) => authorization !== null)).toBe(true);
    for (const { id } of store.images()) await store.removeImage(id);
  });
});
