/** Faults planted in an overlay store, one at a time: found or harmless, repaired without touching other images, and the image can be brought again. */
import { expect, test } from "bun:test";
import { readFileSync, readdirSync, rmSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoreImage } from "../store.ts";
import { addImage, temporaryStore, type Tree } from "../testing/temporary-store.ts";

interface Place { readonly root: string; readonly layer: string; readonly base: string; readonly image: StoreImage }
type Outcome = "found" | "harmless";

const flip = (path: string): void => {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
};
const overlay = ({ root, layer }: Place, ...names: readonly string[]): string => join(root, "overlay", layer, ...names);
const tarSplit = ({ root, layer }: Place): string => join(root, "overlay-layers", `${layer}.tar-split.gz`);
const configOf = ({ root, image }: Place): string => join(root, "overlay-images", image.id, `=${Buffer.from(`sha256:${image.id}`).toString("base64")}`);
const edit = (path: string, change: (records: Record<string, unknown>[]) => unknown): void => { writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8"))))); };

const faults: readonly (readonly [string, Outcome, (place: Place) => void])[] = [
  ["a flipped bit in a file", "found", (place) => { flip(overlay(place, "diff/own")); }],
  ["a file cut short", "found", (place) => { truncateSync(overlay(place, "diff/own"), 1); }],
  ["a file that is gone", "found", (place) => { rmSync(overlay(place, "diff/own")); }],
  ["a layer's content that is gone", "found", (place) => { rmSync(overlay(place, "diff"), { recursive: true }); }],
  ["a layer's directory that is gone", "found", (place) => { rmSync(overlay(place), { recursive: true }); }],
  ["a layer that is not listed", "found", ({ root, layer }) => { edit(join(root, "overlay-layers/layers.json"), (records) => records.filter(({ id }) => id !== layer)); }],
  ["a flipped bit in the description of an archive", "found", (place) => { flip(tarSplit(place)); }],
  ["the description of an archive cut short", "found", (place) => { truncateSync(tarSplit(place), 20); }],
  ["the description of an archive that is gone", "harmless", (place) => { unlinkSync(tarSplit(place)); }],
  ["a flipped bit in the configuration", "found", (place) => { flip(configOf(place)); }],
  ["a configuration cut short", "found", (place) => { truncateSync(configOf(place), 10); }],
  ["an image without its data", "found", ({ root, image }) => { rmSync(join(root, "overlay-images", image.id), { recursive: true }); }],
  ["an image on a layer that never was", "found", ({ root, image }) => { edit(join(root, "overlay-images/images.json"), (records) => records.map((record) => (record["id"] === image.id ? { ...record, layer: "f".repeat(64) } : record))); }],
  ["a lost link", "harmless", (place) => { unlinkSync(join(place.root, "overlay/l", readFileSync(overlay(place, "link"), "utf8"))); }],
  ["a lost name of a link", "harmless", (place) => { unlinkSync(overlay(place, "link")); }],
  ["lower layers that nobody has", "found", (place) => { writeFileSync(overlay(place, "lower"), "l/NOBODYHASTHISLINKNAMEATALL"); }],
  ["lost names of lower layers", "found", (place) => { unlinkSync(overlay(place, "lower")); }],
];

const trees = (own: string): readonly Tree[] => [{ base: "shared by both" }, { own }];

test.skipIf(process.getuid?.() !== 0).each(faults)("%s is %s", async (_name, outcome, plant) => {
  await using temporary = await temporaryStore();
  const healthy = await addImage(temporary.store, "localhost/good:1", trees("the healthy one"));
  const image = await addImage(temporary.store, "localhost/bad:1", trees("the damaged one"));
  const [top, base] = [temporary.store.layer(image.topLayer ?? ""), temporary.store.layer(image.topLayer ?? "").parent ?? ""];
  plant({ root: temporary.options.graphRoot, layer: top.id, base, image });
  const store = await temporary.reopen();
  const report = await store.check({ contents: true });
  expect(report.images.has(healthy.id)).toBe(false);
  if (outcome === "found") expect(report.images.has(image.id)).toBe(true);
  expect(await store.repair(report, true)).toEqual([]);
  const again = await store.check({ contents: true });
  expect([...again.layers.values(), ...again.images.values()].flat()).toEqual([]);
  expect(store.images().some(({ id }) => id === image.id)).toBe(outcome === "harmless");
  await addImage(store, "localhost/bad:1", trees("the damaged one"));
  for (const [id, own] of [[healthy.id, "the healthy one"], [image.id, "the damaged one"]] as const) {
    const root = await store.mountImage(id);
    expect([readdirSync(root), readFileSync(join(root, "own"), "utf8")]).toEqual([["base", "own"], own]);
    await store.unmountImage(id);
  }
});
