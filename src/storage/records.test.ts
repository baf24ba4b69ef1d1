import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { bigDataFile } from "./image/big-data.ts";
import { addImage, temporaryStore } from "./testing/temporary-store.ts";

const json = (root: string, file: string): { readonly [name: string]: unknown }[] => JSON.parse(readFileSync(join(root, file), "utf8")) as { [name: string]: unknown }[];

/** What a promise is rejected with. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

test("big data has containers/storage's file names", () => {
  expect(bigDataFile("manifest")).toBe("manifest");
  expect(bigDataFile("sha256:ab")).toBe(`=${Buffer.from("sha256:ab").toString("base64")}`);
  expect(bigDataFile("Upper")).toBe("=VXBwZXI=");
  expect(bigDataFile("../../etc/passwd")).toBe("=Li4vLi4vZXRjL3Bhc3N3ZA==");
});

test("records have containers/storage's fields, and leave empty ones out", async () => {
  await using temporary = await temporaryStore();
  const { store, options: { graphRoot, runRoot } } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }, { b: "2" }]);
  const [base, top] = json(graphRoot, "overlay-layers/layers.json");
  expect(Object.keys(base ?? {})).toEqual(["id", "created", "compressed-diff-digest", "compressed-size", "diff-digest", "diff-size", "uidset", "gidset"]);
  expect(top?.["parent"]).toBe(base?.["id"]);
  const [record] = json(graphRoot, "overlay-images/images.json");
  expect(Object.keys(record ?? {})).toEqual(["id", "digest", "names", "names-history", "layer", "metadata", "big-data-names", "big-data-sizes", "big-data-digests", "created"]);
  const id = newId();
  await store.createContainer({ id, name: "kept", imageId: image.id });
  await store.createContainer({ id: newId(), name: "passing", imageId: image.id, volatile: true, metadata: "{}" });
  await store.mountContainer(id);
  expect(json(graphRoot, "overlay-containers/containers.json")).toEqual([{ id, names: ["kept"], image: image.id, layer: store.container(id).layerId, created: expect.any(String), flags: { MountLabel: "", ProcessLabel: "" } }]);
  expect(json(graphRoot, "overlay-containers/volatile-containers.json")[0]).toMatchObject({ names: ["passing"], metadata: "{}", flags: { Volatile: true } });
  expect(json(graphRoot, "overlay-layers/volatile-layers.json")).toHaveLength(1);
  expect(json(runRoot, "overlay-layers/mountpoints.json")).toEqual([{ id: store.container(id).layerId, path: store.mountPointOf(id), count: 1 }]);
  for (const lock of ["overlay-layers/layers.lock", "overlay-images/images.lock", "overlay-containers/containers.lock"]) expect(statSync(join(graphRoot, lock)).size).toBe(64);
  for (const { id: container } of store.containers()) await store.removeContainer(container);
});

test("fields and flags that a newer version wrote are kept", async () => {
  await using temporary = await temporaryStore();
  const { store, options: { graphRoot } } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }]);
  const path = join(graphRoot, "overlay-images/images.json");
  writeFileSync(path, JSON.stringify(json(graphRoot, "overlay-images/images.json").map((record) => ({ ...record, future: { x: 1 }, flags: { f: [1] } }))));
  await store.changeImageNames(image.id, () => ["localhost/b:2"]);
  expect(json(graphRoot, "overlay-images/images.json")[0]).toMatchObject({ future: { x: 1 }, flags: { f: [1] }, names: ["localhost/b:2"], "names-history": ["localhost/b:2", "localhost/a:1"] });
});

test("lists are made once per change, so that many questions cost no more than one", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await addImage(store, "localhost/a:1", [{ a: "1" }]);
  const [layers, images] = [store.layers(), store.images()];
  expect([store.layers() === layers, store.images() === images]).toEqual([true, true]);
  await addImage(await temporary.reopen(), "localhost/b:1", [{ b: "1" }]);
  expect([store.layers().length, store.images().length]).toEqual([2, 2]);
});

test("names that several writers give at the same time are all kept", async () => {
  await using temporary = await temporaryStore();
  const stores = await Promise.all([temporary.reopen(), temporary.reopen(), temporary.reopen()]);
  const { id } = await addImage(temporary.store, "localhost/a:0", [{ a: "1" }]);
  const wanted = Array.from({ length: 12 }, (_, index) => `localhost/a:${index + 1}`);
  await Promise.all(wanted.map(async (name, index) => stores[index % stores.length]?.changeImageNames(id, (names) => [...names, name])));
  expect(temporary.store.image(id).names.toSorted()).toEqual(["localhost/a:0", ...wanted].toSorted());
});

test("an image of an additional store gets a name of ours", async () => {
  await using shared = await temporaryStore();
  const image = await addImage(shared.store, "localhost/shared:1", [{ a: "1" }]);
  await using temporary = await temporaryStore({ additionalImageStores: [shared.options.graphRoot] });
  const { store } = temporary;
  await store.changeImageNames(image.id, (names) => [...names, "localhost/own:1"]);
  expect(store.image("localhost/own:1")).toMatchObject({ id: image.id, readOnly: false, digest: image.digest, names: ["localhost/shared:1", "localhost/own:1"] });
  expect((await store.removeImage(image.id)).removedLayers).toEqual([]);
  expect(store.image("localhost/shared:1").readOnly).toBe(true);
});

test("a name moves to the image that gets it, and the history keeps it", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const old = await addImage(store, "localhost/a:1", [{ a: "1" }]);
  const young = await addImage(store, "localhost/a:1", [{ a: "2" }]);
  expect(store.image("localhost/a:1").id).toBe(young.id);
  expect(store.image(old.id)).toMatchObject({ names: [], namesHistory: ["localhost/a:1"] });
  expect(store.image(`localhost/a@${young.digest}`).id).toBe(young.id);
  expect(store.findImage(`localhost/b@${young.digest}`)).toBeUndefined();
  expect(store.image(`sha256:${young.id}`).id).toBe(young.id);
  expect(() => store.image("localhost/none:1")).toThrow("localhost/none:1: image not known");
});

test("what is in use is not removed, and the users are named", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }, { b: "1" }]);
  const other = await addImage(store, "localhost/b:1", [{ a: "1" }]);
  const container = await store.createContainer({ id: newId(), name: "user", imageId: image.id });
  expect(await failureOf(store.removeImage(image.id))).toMatchObject({ reason: "image-in-use", message: expect.stringContaining(container.id) });
  expect(await failureOf(store.removeLayer(other.topLayer ?? ""))).toMatchObject({ reason: "dependents" });
  expect(await failureOf(store.createContainer({ id: newId(), name: "user", imageId: image.id }))).toMatchObject({
    reason: "name-in-use", message: `the container name "user" is already in use by ${container.id}. You have to remove that container to be able to reuse that name: that name is already in use`,
  });
  await store.removeContainer(container.id);
  expect((await store.removeImage(image.id)).removedLayers).toEqual([image.topLayer ?? ""]);
  expect(store.layers().map(({ id }) => id)).toEqual([other.topLayer ?? ""]);
});

test("a layer with the wrong content is refused, and nothing of it stays", async () => {
  await using temporary = await temporaryStore();
  const { store, options: { graphRoot } } = temporary;
  const tar = new Uint8Array(1024);
  const put = store.putLayer({ diff: (async function* () { yield tar; })(), expectedDiffDigest: `sha256:${"0".repeat(64)}` });
  expect(await failureOf(put)).toMatchObject({ code: "data-loss", reason: "digest-mismatch" });
  expect(store.layers()).toEqual([]);
  expect(Bun.spawnSync(["find", join(graphRoot, "overlay"), "-mindepth", "1"]).stdout.toString().trim()).toBe(join(graphRoot, "overlay/tempdirs"));
});

test("a broken image hurts only itself, and heals when it is put again", async () => {
  await using temporary = await temporaryStore();
  const { options: { graphRoot } } = temporary;
  const trees = [{ a: "1" }, { b: "2" }];
  const broken = await addImage(temporary.store, "localhost/a:1", trees);
  const whole = await addImage(temporary.store, "localhost/b:1", [{ c: "3" }]);
  const base = temporary.store.layer(broken.topLayer ?? "").parent ?? "";
  rmSync(join(graphRoot, "overlay", base), { recursive: true });
  rmSync(join(graphRoot, "overlay-images", broken.id), { recursive: true });
  const store = await temporary.reopen();
  expect(store.images()).toHaveLength(2);
  expect(() => store.imageData(broken.id, "manifest")).toThrow("locating item named \"manifest\"");
  const container = await store.createContainer({ id: newId(), name: "ok", imageId: whole.id });
  await store.mountContainer(container.id);
  await addImage(store, "localhost/a:1", trees);
  expect(store.imageData(broken.id, "manifest").length).toBeGreaterThan(0);
  const healed = await store.createContainer({ id: newId(), name: "healed", imageId: broken.id });
  const root = await store.mountContainer(healed.id);
  expect(readFileSync(join(root, "a"), "utf8") + readFileSync(join(root, "b"), "utf8")).toBe("12");
  for (const { id } of store.containers()) await store.removeContainer(id);
});

test("ids out of a JSON file never lead out of the store", async () => {
  await using temporary = await temporaryStore();
  const { options: { graphRoot } } = temporary;
  mkdirSync(join(graphRoot, "overlay-layers"), { recursive: true });
  writeFileSync(join(graphRoot, "overlay-layers/layers.json"), JSON.stringify([{ id: "../../../etc", flags: { incomplete: true } }, { id: 5 }, null, { id: "good" }]));
  expect((await temporary.reopen()).layers().map(({ id }) => id)).toEqual(["good"]);
});

test("links that a power cut took are made again", async () => {
  await using temporary = await temporaryStore();
  const { store, options: { graphRoot } } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }, { b: "2" }]);
  rmSync(join(graphRoot, "overlay/l"), { recursive: true });
  const container = await store.createContainer({ id: newId(), name: "c", imageId: image.id });
  const root = await store.mountContainer(container.id);
  expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
  await store.removeContainer(container.id);
});

test("additional stores are read, and containers stand on their layers", async () => {
  await using shared = await temporaryStore();
  const image = await addImage(shared.store, "localhost/shared:1", [{ a: "1" }, { b: "2" }]);
  await using temporary = await temporaryStore({ additionalImageStores: [shared.options.graphRoot] });
  const { store } = temporary;
  expect(store.image("localhost/shared:1")).toMatchObject({ id: image.id, readOnly: true });
  const mounted = await store.mountImage(image.id);
  expect(mounted.startsWith(temporary.options.runRoot)).toBe(true);
  await store.unmountImage(image.id);
  const container = await store.createContainer({ id: newId(), name: "c", imageId: image.id });
  const root = await store.mountContainer(container.id);
  expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
  await store.removeContainer(container.id);
  expect(await failureOf(store.removeImage(image.id))).toMatchObject({ reason: "no-such-image" });
  expect(await addImage(store, "localhost/own:1", [{ a: "1" }, { c: "3" }])).toMatchObject({ readOnly: false });
  expect(store.layers().filter(({ readOnly }) => !readOnly)).toHaveLength(1);
});

test("an image store holds images and their layers; the graph root holds containers", async () => {
  await using place = await temporaryStore();
  const imageStore = join(place.root, "images");
  mkdirSync(imageStore);
  await using temporary = await temporaryStore({ imageStore });
  const { store, options: { graphRoot } } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }]);
  expect(statSync(join(imageStore, "overlay", image.topLayer ?? "", "diff")).isDirectory()).toBe(true);
  expect(json(imageStore, "overlay-images/images.json")).toHaveLength(1);
  const container = await store.createContainer({ id: newId(), name: "c", imageId: image.id });
  const root = await store.mountContainer(container.id);
  expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
  expect(statSync(join(graphRoot, "overlay", container.layerId)).isDirectory()).toBe(true);
  await store.removeContainer(container.id);
  expect((await store.removeImage(image.id)).removedLayers).toHaveLength(1);
  expect(statSync(join(imageStore, "overlay", image.topLayer ?? ""), { throwIfNoEntry: false })).toBeUndefined();
});

test("in transient mode containers are recorded in the run root", async () => {
  await using temporary = await temporaryStore({ transient: true });
  const { store, options: { graphRoot, runRoot } } = temporary;
  const image = await addImage(store, "localhost/a:1", [{ a: "1" }]);
  await store.createContainer({ id: newId(), name: "c", imageId: image.id });
  expect(json(runRoot, "overlay-containers/volatile-containers.json")).toHaveLength(1);
  expect(json(runRoot, "overlay-layers/volatile-layers.json")).toHaveLength(1);
  expect(json(graphRoot, "overlay-layers/layers.json")).toHaveLength(1);
});
