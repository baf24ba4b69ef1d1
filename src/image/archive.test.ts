/** Save, load and import: every format there and back, by real tools too, and archives that are damaged or hostile. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isEngineError, messageOf } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import { digestOf } from "../formats/digest.ts";
import { addImage, tarOf, type Tree } from "../storage/testing/temporary-store.ts";
import { DockerArchiveWriter } from "../transports/archive/docker-write.ts";
import { tarEnd, tarFile, tarHeader } from "../transports/archive/tar-write.ts";
import { run } from "../transports/testing/registry.ts";
import { readAll, streamOf } from "../transports/verify.ts";
import { history } from "./history.ts";
import { importImage } from "./import.ts";
import { inspect } from "./inspect.ts";
import { load, loadPath } from "./load.ts";
import { pullImages } from "./pull.ts";
import { remove } from "./remove.ts";
import { save } from "./save.ts";
import { tag } from "./tag.ts";
import { imageContext, type ImageContext } from "./testing/image-context.ts";

const trees: readonly Tree[] = [{ "bin/true": "x".repeat(5000) }, { "etc/name": "second" }];
const name = "localhost/app:1";
const limit = 64 << 20;

async function saved(machine: ImageContext, input: Parameters<typeof save>[1]): Promise<string> {
  const path = join(machine.root, `archive-${Math.random().toString(36).slice(2)}.tar`);
  writeFileSync(path, await readAll(save(machine.context, input), limit, "archive"));
  return path;
}
async function failure(promise: Promise<unknown>): Promise<unknown> {
  try { await promise; } catch (error) { return error; }
  throw new Error("it did not fail");
}

test.each(["docker-archive", "oci-archive"])("%s: saved, removed, loaded is the same image", async (format) => {
  await using machine = await imageContext();
  const { context, temporary: { store } } = machine;
  const made = await addImage(store, name, trees);
  await tag(context, { ref: name, repo: "second:2" });
  const path = await saved(machine, { references: ["second:2"], format });
  expect((await run(["skopeo", "inspect", "--raw", `${format}:${path}`])).length).toBeGreaterThan(10);
  await remove(context, { images: [name, "second:2"] });
  expect([store.images(), store.layers()]).toEqual([[], []]);
  expect(await loadPath(context, { path })).toEqual({ Names: ["localhost/second:2"] });
  expect(store.images().map(({ id }) => id)).toEqual([made.id]);
  // Compressed and through a stream.
  await remove(context, { images: [made.id], force: true });
  const { Names } = await load(context, {}, { body: streamOf(Bun.gzipSync(readFileSync(path))) });
  expect(Names).toEqual(["localhost/second:2"]);
  expect((await history(context, { ref: "second:2" })).map(({ Size }) => Size)).toEqual(store.layers().toReversed().map(({ diffSizeBytes }) => diffSizeBytes ?? 0));
});

test("several images in one docker archive share layers; a saved archive is the same every time", async () => {
  await using machine = await imageContext();
  const { context, temporary: { store } } = machine;
  const first = await addImage(store, name, trees);
  const second = await addImage(store, "localhost/other:1", [trees[0] ?? {}, { "etc/name": "third" }]);
  const input = { references: [name, "localhost/other:1"], multiImage: true };
  const path = await saved(machine, input);
  expect(digestOf(readFileSync(path))).toBe(digestOf(readFileSync(await saved(machine, input))));
  const names = (await run(["tar", "tf", path])).split("\n");
  expect(names.filter((each) => /^[0-9a-f]{64}\.tar$/.test(each))).toHaveLength(3);
  await remove(context, { all: true });
  expect((await loadPath(context, { path })).Names).toEqual([name, "localhost/other:1"]);
  expect(store.images().map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
  await remove(context, { all: true });
  const [picked] = await pullImages(context, { ref: `docker-archive:${path}:localhost/other:1` });
  expect(picked?.id).toBe(second.id);
});

test("directories: docker-dir and oci-dir come as tars of a folder that skopeo and we can read", async () => {
  await using machine = await imageContext();
  const { context, root, temporary: { store } } = machine;
  const made = await addImage(store, name, trees);
  for (const [format, transport] of [["docker-dir", "dir"], ["oci-dir", "oci"]] as const) {
    const folder = join(root, format);
    mkdirSync(folder);
    await run(["tar", "xf", await saved(machine, { references: [name], format }), "-C", folder]);
    await run(["skopeo", "inspect", "--raw", `${transport}:${folder}`]);
    await remove(context, { images: [made.id], force: true });
    const { Names } = await loadPath(context, { path: folder });
    expect(Names).toEqual([transport === "oci" ? name : `sha256:${made.id}`]);
    await tag(context, { ref: made.id, repo: name });
  }
});

test("import: a root file system becomes an image; changes, message, compression", async () => {
  await using machine = await imageContext();
  const { context } = machine;
  const tar = tarOf({ "etc/hello": "hi" });
  const plain = await importImage(context, { reference: "rootfs", changes: ["CMD [\"/bin/sh\"]", "ENV A=b", "EXPOSE 80", "LABEL x=y"], message: "made here" }, { body: streamOf(tar) });
  const seen = await inspect(context, { ref: "rootfs" });
  expect(`sha256:${seen.Id}`).toBe(plain.Id);
  expect(seen.Config).toEqual({ Cmd: ["/bin/sh"], Env: ["A=b"], ExposedPorts: { "80/tcp": {} }, Labels: { x: "y" } });
  expect([seen.Comment, seen.RootFS.Layers]).toEqual(["made here", [digestOf(tar)]]);
  const packed = await importImage(context, { reference: "packed" }, { body: streamOf(Bun.gzipSync(new Uint8Array(tar))) });
  expect((await inspect(context, { ref: packed.Id })).RootFS.Layers).toEqual([digestOf(tar)]);
  for (const change of ["CMD", "NOSUCH x", "EXPOSE 99999", "LABEL x", "USER "]) expect(messageOf(await failure(importImage(context, { changes: [change] }, { body: streamOf(tar) })))).toContain(`invalid change ${JSON.stringify(change)}`);
  expect(isEngineError(await failure(importImage(context, {}, { body: streamOf(Buffer.from("no tar at all".repeat(100))) })), "corrupt-archive")).toBe(true);
});

async function archive(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> { return readAll(parts, limit, "archive"); }
const file = (name_: string, text: string): ByteStream => tarFile({ name: name_, type: "file", mode: 0o644, size: Buffer.byteLength(text) }, streamOf(Buffer.from(text)));
async function* joined(...parts: ByteStream[]): ByteStream { for (const part of parts) yield* part; yield tarEnd(); }
async function* link(name_: string, target: string): ByteStream { yield tarHeader({ name: name_, type: "symlink", mode: 0, target }); }

test.each<[string, () => Promise<Uint8Array>, string]>([
  ["not a tar", async () => Buffer.from("hello".repeat(200)), "payload does not match any of the supported image formats"],
  ["empty", async () => new Uint8Array(), "payload does not match any of the supported image formats"],
  ["a tar of something else", async () => tarOf({ "etc/passwd": "x" }), "payload does not match any of the supported image formats"],
  ["a manifest that is no JSON", () => archive(joined(file("manifest.json", "{"))), "decoding tar manifest.json"],
  ["a configuration outside", () => archive(joined(file("manifest.json", '[{"Config":"../../../etc/passwd","RepoTags":[],"Layers":[]}]'))), "file ../../../etc/passwd not found in the archive"],
  ["a link outside", () => archive(joined(file("manifest.json", '[{"Config":"c.json","RepoTags":[],"Layers":[]}]'), link("c.json", "/etc/passwd"))), "file c.json not found in the archive"],
  ["links in a circle", () => archive(joined(file("manifest.json", '[{"Config":"a","RepoTags":[],"Layers":[]}]'), link("a", "b"), link("b", "a"))), "file a not found in the archive"],
  ["more layers than the configuration knows", () => archive(joined(file("manifest.json", '[{"Config":"c","RepoTags":[],"Layers":["l"]}]'), file("c", '{"rootfs":{"diff_ids":[]}}'), file("l", "x"))), "inconsistent layer count"],
  ["a layer that is not what the configuration says", () => archive(joined(file("manifest.json", '[{"Config":"c","RepoTags":["x:1"],"Layers":["l"]}]'), file("c", `{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":["${digestOf("other")}"]}}`), file("l", "x"))), "Digest did not match"],
  ["a bad name", () => archive(joined(file("manifest.json", '[{"Config":"c","RepoTags":["../../x"],"Layers":[]}]'), file("c", "{}"))), "invalid reference format"],
])("load refuses %s, and nothing stays", async (_what, make, message) => {
  await using machine = await imageContext();
  const { context, root, temporary: { store } } = machine;
  const before = readdirSync(root);
  expect(messageOf(await failure(load(context, {}, { body: streamOf(await make()) })))).toContain(message);
  expect([store.images(), store.layers()]).toEqual([[], []]);
  expect(readdirSync(root).filter((each) => !before.includes(each) && each !== "graph" && each !== "run")).toEqual([]);
});

test("a truncated archive is refused at every cut", async () => {
  await using machine = await imageContext();
  const { context, temporary: { store } } = machine;
  await addImage(store, name, trees);
  const whole = await archive(save(context, { references: [name] }));
  await remove(context, { all: true });
  for (const cut of [100, 1000, 5000, Math.floor(whole.length / 2), whole.length - 3000]) {
    expect(isEngineError(await failure(load(context, {}, { body: streamOf(whole.subarray(0, cut)) })))).toBe(true);
  }
  expect([store.images(), store.layers()]).toEqual([[], []]);
});

test("a reader that stops early ends the save", async () => {
  await using machine = await imageContext();
  const { context, temporary: { store } } = machine;
  await addImage(store, name, trees);
  for await (const _chunk of save(context, { references: [name] })) break;
  expect(isEngineError(await failure((async () => { for await (const _chunk of save(context, { references: ["nosuch"] })) { /* never */ } })()), "no-such-image")).toBe(true);
});

test("the archive writer spools layers of unknown size", async () => {
  const chunks: Uint8Array[] = [];
  const writer = new DockerArchiveWriter(async (chunk) => { chunks.push(chunk); }, "/var/tmp");
  const destination = writer.destination({ transport: "docker-archive", display: "" }, []);
  const put = await destination.put({ mediaType: "application/vnd.oci.image.layer.v1.tar" }, streamOf(Buffer.from("layer")), { layerIndex: 0 });
  expect([put.digest, put.size]).toEqual([digestOf("layer"), 5]);
  expect(Buffer.concat(chunks).subarray(512, 517).toString()).toBe("layer");
});
