/** Damage planted in real stores is found and taken away; healthy images stay. Overlay and vfs, root. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../base/ids.ts";
import type { Store, StoreImage } from "../store.ts";
import { addImage, temporaryStore } from "../testing/temporary-store.ts";
import { words, type CheckReport } from "./types.ts";

const sentences = (report: CheckReport): string => [report.layers, report.images, report.containers].flatMap((list) => [...list.values()].flat()).join("\n");
const everything = { contents: true };

describe.skipIf(process.getuid?.() !== 0).each(["overlay", "vfs"])("check of a %s store", (driver) => {
  interface Place { readonly store: Store; readonly root: string; readonly healthy: StoreImage; readonly victim: StoreImage }
  async function withStore(work: (place: Place) => Promise<void>): Promise<void> {
    await using temporary = await temporaryStore({ driver });
    const healthy = await addImage(temporary.store, "localhost/good:1", [{ "etc/a": "a", "etc/b": "b", "dir/": "" }, { "etc/a": null, "etc/c": "c" }]);
    const victim = await addImage(temporary.store, "localhost/bad:1", [{ file: "content" }]);
    await work({ store: temporary.store, root: temporary.options.graphRoot, healthy, victim });
  }
  const directoryOf = ({ root, victim }: Place): string => (driver === "overlay" ? join(root, "overlay", victim.topLayer ?? "", "diff") : join(root, "vfs/dir", victim.topLayer ?? ""));

  async function expectRepair({ store, healthy }: Place, sentence: string): Promise<void> {
    const report = await store.check(everything);
    expect(sentences(report)).toContain(sentence);
    expect(report.images.has(healthy.id)).toBe(false);
    expect(await store.repair(report, true)).toEqual([]);
    expect(sentences(await store.check(everything))).toBe("");
    expect(store.images().map(({ id }) => id)).toContain(healthy.id);
  }

  test("a healthy store has no findings", () => withStore(async ({ store }) => { expect(sentences(await store.check({ ...everything, unreferencedMaxAgeMillis: -1000 }))).toBe(""); }));

  test("a changed file", () => withStore(async (place) => {
    writeFileSync(join(directoryOf(place), "file"), "CONTENT");
    expect(sentences(await place.store.check({ contents: false }))).toBe("");
    await expectRepair(place, "file integrity checksum failed");
  }));

  test("an added file", () => withStore(async (place) => {
    writeFileSync(join(directoryOf(place), "extra"), "x");
    await expectRepair(place, `+/extra, ${words.modified}`);
  }));

  test("image data that is gone or longer", () => withStore(async (place) => {
    const folder = join(place.root, `${driver}-images`, place.victim.id);
    appendFileSync(join(folder, "manifest"), " ");
    expect(sentences(await place.store.check(everything))).toContain(words.imageDataSize);
    rmSync(join(folder, "manifest"));
    await expectRepair(place, words.imageData);
  }));

  test("a layer directory that is gone, and one that nobody knows", () => withStore(async (place) => {
    rmSync(driver === "overlay" ? join(place.root, "overlay", place.victim.topLayer ?? "") : directoryOf(place), { recursive: true });
    const stray = newId();
    mkdirSync(driver === "overlay" ? join(place.root, "overlay", stray, "diff") : join(place.root, "vfs/dir", stray), { recursive: true });
    const report = await place.store.check(everything);
    expect(report.unaccounted).toEqual([stray]);
    await expectRepair(place, "its directory is missing");
  }));

  test("without leave, containers stay and so does their damaged image", () => withStore(async (place) => {
    const { store, victim } = place;
    await store.createContainer({ id: newId(), name: "user", imageId: victim.id });
    writeFileSync(join(directoryOf(place), "extra"), "x");
    const report = await store.check(everything);
    expect(report.containers.size).toBe(1);
    expect((await store.repair(report, false)).join()).toContain("image is in use by a container");
    expect(store.containers()).toHaveLength(1);
    await expectRepair(place, words.modified);
    expect(store.containers()).toEqual([]);
  }));

  test("an unused layer is damage only when it is old enough", () => withStore(async (place) => {
    const { store } = place;
    await store.putLayer({ diff: (async function* () { yield new Uint8Array(1024); })() });
    expect(sentences(await store.check(everything))).toBe("");
    const report = await store.check({ ...everything, unreferencedMaxAgeMillis: -1000 });
    expect(sentences(report)).toContain(words.unreferenced);
    expect(await store.repair(report, false)).toEqual([]);
    expect(sentences(await store.check({ ...everything, unreferencedMaxAgeMillis: -1000 }))).toBe("");
  }));
});
