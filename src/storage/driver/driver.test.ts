import { expect, test } from "bun:test";
import { chownSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../base/ids.ts";
import type { Store, StoreImage } from "../store.ts";
import type { StoreOptions } from "../paths.ts";
import { mountPointsBelow } from "../tempdir/mount-points.ts";
import { addImage, sha256, streamOf, tarOf, temporaryStore } from "../testing/temporary-store.ts";

const trees = [{ "a": "x", "d/e": "f", "d/g": "h" }, { "b": "y", "d/e": null }, { "c": "z" }];
const program = Bun.which("fuse-overlayfs");
const drivers: readonly (readonly [string, Partial<StoreOptions>])[] = [
  ["overlay", { driver: "overlay" }], ["vfs", { driver: "vfs" }],
  ...(program === null ? [] : [["fuse-overlayfs", { driver: "overlay", mountProgram: program }] as const]),
];

/** Changes something in a new container, and says what the store sees of it. */
async function changeAndLook(store: Store, image: StoreImage, shift: number): Promise<{ readonly changes: readonly string[]; readonly tar: readonly string[] }> {
  const maps = shift === 0 ? {} : { uidMaps: [{ containerId: 0, hostId: shift, size: 65536 }], gidMaps: [{ containerId: 0, hostId: shift, size: 65536 }] };
  const container = await store.createContainer({ id: newId(), name: newId(), imageId: image.id, ...maps });
  const root = await store.mountContainer(container.id);
  expect(readdirSync(root).toSorted()).toEqual(["a", "b", "c", "d"]);
  for (const path of [".", "a", "c", "d"]) expect([path, lstatSync(join(root, path)).uid]).toEqual([path, shift]);
  writeFileSync(join(root, "a"), "changed");
  rmSync(join(root, "d/g"));
  mkdirSync(join(root, "dir"));
  writeFileSync(join(root, "new"), "1");
  for (const path of ["dir", "new"]) chownSync(join(root, path), shift, shift);
  const changes = (await store.changes(container.layerId)).map(({ kind, path }) => `${kind} ${path}`);
  await store.unmountContainer(container.id);
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.diff(container.layerId)) chunks.push(chunk);
  const listing = Bun.spawnSync(["tar", "--numeric-owner", "-tv"], { stdin: Buffer.concat(chunks) }).stdout.toString();
  await store.removeContainer(container.id);
  return { changes, tar: listing.trim().split("\n").map((line) => line.split(/\s+/)).map((words) => `${words[1]} ${words.at(-1)}`) };
}

for (const [name, options] of drivers) {
  for (const shift of [0, 100000]) {
    test(`${name}: a container sees its image, and its changes are told from it (ids shifted by ${shift})`, async () => {
      await using temporary = await temporaryStore(options);
      const image = await addImage(temporary.store, "localhost/a:1", trees);
      const seen = await changeAndLook(temporary.store, image, shift);
      expect(seen.changes).toEqual(["modified /a", "modified /d", "deleted /d/g", "added /dir", "added /new"]);
      expect(seen.tar).toEqual(["0/0 a", "0/0 d/", "0/0 d/.wh.g", "0/0 dir/", "0/0 new"]);
      expect((await temporary.store.removeImage(image.id)).removedLayers.length).toBeGreaterThanOrEqual(3);
      expect(temporary.store.layers()).toEqual([]);
      expect(mountPointsBelow(temporary.root)).toEqual([]);
    });
  }

  test(`${name}: an image is mounted read-only as often as asked`, async () => {
    await using temporary = await temporaryStore(options);
    const { store } = temporary;
    const image = await addImage(store, "localhost/a:1", trees);
    const root = await store.mountImage(image.id);
    expect(await store.mountImage(image.id)).toBe(root);
    expect(readFileSync(join(root, "c"), "utf8")).toBe("z");
    expect(readdirSync(join(root, "d"))).toEqual(["g"]);
    expect(await store.unmountImage(image.id)).toBe(false);
    expect(await store.unmountImage(image.id)).toBe(true);
    expect(mountPointsBelow(temporary.root)).toEqual([]);
  });

  test(`${name}: a layer comes out as it went in`, async () => {
    await using temporary = await temporaryStore(options);
    const tar = tarOf({ "x/y": "1", "x/link": "->y", "gone": null });
    const base = await temporary.store.putLayer({ diff: streamOf(tarOf({ "gone": "1", "kept": "2" })) });
    const layer = await temporary.store.putLayer({ parent: base.id, diff: streamOf(tar) });
    const hash = new Bun.CryptoHasher("sha256");
    for await (const chunk of temporary.store.diff(layer.id)) hash.update(chunk);
    expect(hash.digest("hex")).toBe(sha256(tar));
    expect(layer.diffDigest).toBe(`sha256:${sha256(tar)}`);
    expect(await temporary.store.layerSize(layer.id)).toBe(tar.length);
  });
}

test("overlay: ids are shifted by the mount: nothing of the image is copied or changes its owner", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  expect(new Map(await store.status()).get("Supports shifting")).toBe("true");
  const image = await addImage(store, "localhost/a:1", trees);
  const content = join(temporary.options.graphRoot, "overlay", image.topLayer ?? "", "diff");
  const maps = [{ containerId: 0, hostId: 300000, size: 65536 }];
  const container = await store.createContainer({ id: newId(), name: "shifted", imageId: image.id, uidMaps: maps, gidMaps: maps });
  const root = await store.mountContainer(container.id);
  expect([lstatSync(join(root, "c")).uid, lstatSync(join(content, "c")).uid]).toEqual([300000, 0]);
  expect(readdirSync(join(temporary.options.graphRoot, "overlay", container.layerId, "diff"))).toEqual([]);
  expect(store.layers()).toHaveLength(trees.length + 1);
  await store.removeContainer(container.id);
});

test("overlay: one shifted copy of an image serves all containers with its mapping", async () => {
  process.env["_CONTAINERS_OVERLAY_DISABLE_IDMAP"] = "yes";
  try {
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const image = await addImage(store, "localhost/a:1", trees);
    await changeAndLook(store, image, 200000);
    const seen = await changeAndLook(store, image, 200000);
    expect(seen.tar).toEqual(["0/0 a", "0/0 d/", "0/0 d/.wh.g", "0/0 dir/", "0/0 new"]);
    expect(store.layers()).toHaveLength(4);
    expect((await store.removeImage(image.id)).removedLayers).toHaveLength(4);
  } finally { delete process.env["_CONTAINERS_OVERLAY_DISABLE_IDMAP"]; }
});

test("overlay: more layers than a page of mount options holds", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const image = await addImage(store, "localhost/deep:1", Array.from({ length: 150 }, (_, index) => ({ [`f${index}`]: String(index) })));
  const container = await store.createContainer({ id: newId(), name: "deep", imageId: image.id });
  const root = await store.mountContainer(container.id);
  expect(readdirSync(root)).toHaveLength(150);
  writeFileSync(join(root, "written"), "1");
  expect(await store.changes(container.layerId)).toEqual([{ path: "/written", kind: "added" }]);
  await store.removeContainer(container.id);
}, 20_000);

test("overlay: the top directory of a container looks like its image's", async () => {
  await using temporary = await temporaryStore();
  const image = await addImage(temporary.store, "localhost/a:1", [{ "a": "1" }]);
  const content = join(temporary.options.graphRoot, "overlay", image.topLayer ?? "", "diff");
  const container = await temporary.store.createContainer({ id: newId(), name: "a", imageId: image.id });
  const root = await temporary.store.mountContainer(container.id);
  expect(statSync(root).mode).toBe(statSync(content).mode);
  await temporary.store.removeContainer(container.id);
});
