/** zstd:chunked against a real registry: pushed, read by skopeo, pulled in parts; registries and images that lie about the parts. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PullItem } from "../contract/types/image-reports.ts";
import { digestOf } from "../formats/digest.ts";
import type { EngineContext } from "../engine/context.ts";
import { addImage, type Tree } from "../storage/testing/temporary-store.ts";
import { fakeRegistry, type FakeRegistry } from "../transports/testing/fake-registry.ts";
import { run, startRegistry, type TestRegistry } from "../transports/testing/registry.ts";
import { collect } from "../formats/tar/testing/build.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { remove } from "./remove.ts";
import { imageContext, type ImageContext } from "./testing/image-context.ts";

let registry: TestRegistry;
beforeAll(async () => { registry = await startRegistry(); });
afterAll(async () => { await registry[Symbol.asyncDispose](); });

/** Text that does not compress away. */
function filler(length: number, seed: string): string {
  let text = "";
  for (let count = 0; text.length < length; count++) text += digestOf(`${seed}${count}`);
  return text.slice(0, length);
}
const shared: Tree = { "lib/": "", "lib/large": filler(900_000, "a"), "lib/small": "x" };

const conf = (host: string): string => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`;
function partial({ context }: ImageContext): EngineContext {
  return { ...context, config: { ...context.config, storage: { ...context.config.storage, pullOptions: { enable_partial_images: "true" } } } };
}
async function pushChunked(context: EngineContext, name: string): Promise<void> {
  for await (const _item of push(context, { ref: name, compressionFormat: "zstd:chunked", tlsVerify: false })) { /* until it is done */ }
}
async function pullText(context: EngineContext, name: string): Promise<string> {
  let text = "";
  for await (const { stream } of pull(context, { ref: name, tlsVerify: false }) as AsyncIterable<PullItem>) text += stream ?? "";
  return text;
}
/** Bytes fetched and size of each layer that came in parts. */
function parts(text: string): number[][] { return [...text.matchAll(/Retrieved partial blob sha256:\w+: (\d+) of (\d+) bytes/g)].map(([, got, all]) => [Number(got), Number(all)]); }

test("an image pushed in chunks is read by Skopeo, pulled in parts, and what is known is not fetched again", async () => {
  await using machine = await imageContext(conf(registry.host));
  const { temporary: { store } } = machine;
  const context = partial(machine);
  const first = `${registry.host}/chunked:1`;
  const second = `${registry.host}/chunked:2`;
  const images = [await addImage(store, first, [shared, { "etc/name": "first" }]), await addImage(store, second, [{ ...shared, "etc/other": filler(50_000, "b") }])];
  const diffs = async (): Promise<string[]> => Promise.all(store.layers().map(async ({ id }) => digestOf(await collect(store.diff(id))))).then((all) => all.toSorted());
  const before = await diffs();
  for (const name of [first, second]) await pushChunked(context, name);
  const { layers } = JSON.parse(await run(["skopeo", "inspect", "--raw", "--tls-verify=false", `docker://${first}`]));
  expect(layers.map(({ mediaType }: { mediaType: string }) => mediaType)).toEqual(Array(2).fill("application/vnd.oci.image.layer.v1.tar+zstd"));
  expect(Object.keys(layers[0].annotations)).toEqual(["manifest-checksum", "manifest-position", "tarsplit-position"].map((key) => `io.github.containers.zstd-chunked.${key}`));
  await run(["skopeo", "copy", "-q", "--src-tls-verify=false", `docker://${first}`, `dir:${machine.root}/dir`]);

  await remove(context, { images: [first, second] });
  const cold = parts(await pullText(context, first));
  expect(cold).toHaveLength(2);
  expect(store.images().map(({ id }) => id)).toEqual([images[0]?.id ?? ""]);
  const warm = parts(await pullText(context, second));
  expect(warm).toHaveLength(1);
  // The large file is in the other image.
  expect(warm[0]?.[1]).toBeGreaterThan(400_000);
  expect(warm[0]?.[0]).toBeLessThan(100_000);
  expect(await diffs()).toEqual(before);
  // A whole pull, off by default, gives the same.
  await remove(context, { images: [first, second] });
  for (const name of [first, second]) expect(parts(await pullText(machine.context, name))).toEqual([]);
  expect(await diffs()).toEqual(before);
});

test("a file that was changed on this disk is fetched instead of reused", async () => {
  await using machine = await imageContext(conf(registry.host));
  const { temporary: { store } } = machine;
  const context = partial(machine);
  const [first, second] = [`${registry.host}/changed:1`, `${registry.host}/changed:2`];
  await addImage(store, first, [shared]);
  await addImage(store, second, [{ ...shared, more: "m" }]);
  for (const name of [first, second]) await pushChunked(context, name);
  await remove(context, { images: [first, second] });
  await pullText(context, first);
  const layer = store.layers()[0]?.id ?? "";
  const file = join(store.graphRoot, "overlay", layer, "diff/lib/large");
  writeFileSync(file, readFileSync(file, "utf8").replace("sha256", "SHA256"));
  // Without the look at the file the DiffID would be wrong, and the layer come whole.
  expect(parts(await pullText(context, second))).toHaveLength(1);
});

/** Passes the real registry's answers on, changed by `change`. */
function between(change: (path: string, range: string | null, answer: Response) => Promise<Response> | Response): FakeRegistry {
  return fakeRegistry(async (request, url) => {
    const range = request.headers.get("range");
    const answer = await fetch(`http://${registry.host}${url.pathname}${url.search}`, { headers: request.headers, decompress: false });
    return change(url.pathname, range, answer);
  });
}
const isBlob = (path: string): boolean => path.includes("/blobs/");
async function flipped(answer: Response): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  return new Response(bytes, { status: answer.status, headers: answer.headers });
}

test.each<[string, Parameters<typeof between>[0], boolean]>([
  ["without ranges", async (path, range, answer) => (isBlob(path) && range !== null ? new Response(await answer.arrayBuffer(), { status: 200 }) : answer), true],
  ["that refuses ranges", (path, range, answer) => (isBlob(path) && range !== null ? new Response("", { status: 416 }) : answer), true],
  ["that damages ranges", async (path, range, answer) => (isBlob(path) && range !== null ? flipped(answer) : answer), true],
  ["that damages every blob", async (path, _range, answer) => (isBlob(path) ? flipped(answer) : answer), false],
])("a registry %s: the whole layer, or nothing", async (_name, change, works) => {
  await using liar = between(change);
  await using machine = await imageContext(conf(registry.host) + conf(liar.host));
  const { temporary: { store } } = machine;
  const context = partial(machine);
  const name = `${registry.host}/honest:1`;
  const made = await addImage(store, name, [shared]);
  await pushChunked(context, name);
  await remove(context, { images: [name] });
  const pulled = await pullText(context, `${liar.host}/honest:1`).catch((error: unknown) => error);
  expect(typeof pulled === "string").toBe(works);
  if (typeof pulled === "string") expect(parts(pulled)).toEqual([]);
  expect(store.images().map(({ id }) => id)).toEqual(works ? [made.id] : []);
  if (!works) expect(readdirSync(join(store.graphRoot, "overlay")).filter((entry) => /^[0-9a-f]{64}$/.test(entry))).toEqual([]);
});
