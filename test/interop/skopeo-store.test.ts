/** The same store used by this engine and by Skopeo (containers/storage in Go). */
import { expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/ids.ts";
import type { Store } from "../../src/storage/store.ts";
import { addImage, sha256, temporaryStore, type TemporaryStore } from "../../src/storage/testing/temporary-store.ts";
import { missingNeed } from "../harness/needs.ts";

const unmet = missingNeed(["root", "skopeo"]);
const interop = test.skipIf(unmet !== undefined);
const title = (text: string): string => unmet === undefined ? text : `${text} [${unmet}]`;

const trees = [{ "a": "x", "d/e": "f", "link": "->a" }, { "b": "y", "d/e": null }, { "c": "z" }];
const reference = ({ options }: TemporaryStore, name: string): string => `containers-storage:[${options.driver}@${options.graphRoot}+${options.runRoot}]${name}`;

function skopeo(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["skopeo", "--insecure-policy", ...args]);
  expect([args.join(" "), exitCode, exitCode === 0 ? "" : stderr.toString()]).toEqual([args.join(" "), 0, ""]);
  return stdout.toString();
}

async function diffDigest(store: Store, layer: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of store.diff(layer)) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

for (const driver of ["overlay", "vfs"]) {
  interop(title(`${driver}: Skopeo inspects and copies an image that we made, layers bit for bit`), async () => {
    await using temporary = await temporaryStore({ driver });
    const { store, root } = temporary;
    const image = await addImage(store, "localhost/ours:1", trees);
    expect(JSON.parse(skopeo("inspect", reference(temporary, "localhost/ours:1"))).Digest).toBe(image.digest);
    skopeo("copy", reference(temporary, "localhost/ours:1"), `dir:${root}/out`);
    const blobs = readdirSync(join(root, "out")).filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(blobs.toSorted()).toEqual([image.id, ...store.layers().map(({ diffDigest: digest }) => digest?.slice("sha256:".length) ?? "")].toSorted());
    for (const blob of blobs) expect(sha256(readFileSync(join(root, "out", blob)))).toBe(blob);
    // The same image under another name: Skopeo recognises every layer and the image.
    skopeo("copy", `dir:${root}/out`, reference(temporary, "localhost/theirs:2"));
    expect(store.images()).toHaveLength(1);
    expect(store.image("localhost/theirs:2").id).toBe(image.id);
    expect(store.layers()).toHaveLength(3);
    skopeo("delete", reference(temporary, "localhost/theirs:2"));
    expect([store.images(), store.layers()]).toEqual([[], []]);
  });

  interop(title(`${driver}: an image that Skopeo put is read, mounted, told apart and removed by us`), async () => {
    await using maker = await temporaryStore();
    const made = await addImage(maker.store, "localhost/made:1", trees);
    skopeo("copy", reference(maker, "localhost/made:1"), `dir:${maker.root}/out`);
    await using temporary = await temporaryStore({ driver });
    skopeo("copy", `dir:${maker.root}/out`, reference(temporary, "localhost/put:1"));
    const { store } = temporary;
    const image = store.image("localhost/put:1");
    expect(image.id).toBe(made.id);
    expect(Buffer.from(store.imageData(image.id, "manifest")).toString()).toBe(Buffer.from(maker.store.imageData(made.id, "manifest")).toString());
    for (const layer of store.layers()) expect(await diffDigest(store, layer.id)).toBe(layer.diffDigest as string);
    const container = await store.createContainer({ id: newId(), name: "on-top", imageId: image.id });
    const top = await store.mountContainer(container.id);
    expect(readdirSync(top).toSorted()).toEqual(["a", "b", "c", "d", "link"]);
    expect(readdirSync(join(top, "d"))).toEqual([]);
    await store.removeContainer(container.id);
    // Put again by us: everything is known already.
    await addImage(store, "localhost/again:1", trees);
    expect(store.images().map(({ names }) => names)).toEqual([["localhost/again:1", "localhost/put:1"]]);
    expect((await store.removeImage(image.id)).removedLayers).toHaveLength(3);
    expect(store.layers()).toEqual([]);
  });
}

interop(title("both write at the same time, and nothing is lost"), async () => {
  await using temporary = await temporaryStore();
  await using source = await temporaryStore();
  const names = ["one", "two", "three", "four"];
  for (const name of names) {
    await addImage(source.store, `localhost/${name}:1`, [{ [name]: name }]);
    skopeo("copy", reference(source, `localhost/${name}:1`), `dir:${source.root}/${name}`);
  }
  const children = names.map((name) => Bun.spawn(["skopeo", "--insecure-policy", "copy", `dir:${source.root}/${name}`, reference(temporary, `localhost/${name}:1`)], { stdout: "ignore", stderr: "pipe" }));
  for (let index = 0; index < 8; index++) await addImage(temporary.store, `localhost/ours${index}:1`, [{ file: `ours ${index}` }]);
  for (const child of children) expect([await child.exited, await new Response(child.stderr).text()]).toEqual([0, expect.any(String)]);
  const fresh = await temporary.reopen();
  expect(fresh.images().flatMap(({ names: own }) => own).toSorted()).toEqual([...names.map((name) => `localhost/${name}:1`), ...Array.from({ length: 8 }, (_, index) => `localhost/ours${index}:1`)].toSorted());
  expect(fresh.layers()).toHaveLength(12);
}, 30_000);
