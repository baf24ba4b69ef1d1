import { expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { isMountPoint, mountPointsBelow } from "./tempdir/mount-points.ts";
import { addImage, temporaryStore } from "./testing/temporary-store.ts";

const name = "localhost/two:latest";
const trees = [{ "etc/": "", "etc/os": "one", "bin/sh": "#!" }, { "etc/os": null, "etc/new": "two" }];

test("an image becomes a container's root, and goes again without a trace", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const image = await addImage(store, name, trees);
  expect(store.image(name).id).toBe(image.id);
  expect(store.image(image.id.slice(0, 7)).topLayer).toBe(image.topLayer as string);
  const container = await store.createContainer({ id: newId(), name: "web", imageId: image.id });
  const root = await store.mountContainer(container.id);
  expect(isMountPoint(root)).toBe(true);
  expect(readdirSync(join(root, "etc"))).toEqual(["new"]);
  expect(readFileSync(join(root, "bin/sh"), "utf8")).toBe("#!");
  writeFileSync(join(root, "written"), "x");
  expect(store.mountPointOf(container.id)).toBe(root);
  expect(await store.mountContainer(container.id)).toBe(root);
  expect(await store.unmountContainer(container.id)).toBe(false);
  expect(await store.unmountContainer(container.id)).toBe(true);
  expect(store.mountPointOf(container.id)).toBeUndefined();
  await store.removeContainer(container.id);
  await store.removeContainer(container.id);
  expect(store.containers()).toEqual([]);
  expect((await store.removeImage(image.id)).removedLayers).toHaveLength(2);
  expect(store.layers()).toEqual([]);
  expect(mountPointsBelow(temporary.root)).toEqual([]);
  expect(readdirSync(join(store.graphRoot, "overlay")).toSorted()).toEqual([".has-mount-program", "l", "tempdirs"]);
  for (const folder of ["overlay/l", "overlay/tempdirs", "overlay-layers"]) {
    const left = readdirSync(join(store.graphRoot, folder)).filter((entry) => !/^(layers\.(json|lock)|volatile-layers\.json)$/.test(entry));
    expect([folder, left]).toEqual([folder, []]);
  }
  expect(existsSync(join(store.graphRoot, "overlay-images", image.id))).toBe(false);
});
