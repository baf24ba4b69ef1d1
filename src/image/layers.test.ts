/** What images look like from outside: trees, differences, mounts, sizes. Root, crun and conmon. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { image, makeWorld, type World } from "../container/testing/world.ts";

const canRun = process.getuid?.() === 0 && Bun.which("crun") !== null && Bun.which("conmon") !== null;

describe.skipIf(!canRun)("layers of images", () => {
  let world: World;
  let made: string;
  beforeAll(async () => {
    world = await makeWorld();
    const { container } = world.engine;
    const { Id } = await container.create({ spec: { name: "maker", image, command: ["sh", "-c", "echo hi >/new; rm /bin/cat"], network: { mode: { mode: "none" } } } });
    await container.start({ ref: Id });
    await container.wait({ ref: Id });
    made = (await container.commit({ ref: Id, repo: "made" })).Id;
  });
  afterAll(async () => { await world[Symbol.asyncDispose](); });

  test("a tree goes down to the base, or up to what needs it", async () => {
    const { Tree } = await world.engine.image.tree({ ref: "made" });
    expect(Tree).toStartWith(`Image ID: ${made.slice(0, 12)}\nTags:     [localhost/made:latest]\n`);
    expect(Tree.split("\n").filter((line) => line.includes("ID: ")).slice(1).map((line) => line.replace(/[0-9a-f]{12}/, "X").replace(/Size:\s+\S+/, "S"))).toEqual([
      "├── ID: X S Top Layer of: [localhost/busybox:latest]", "└── ID: X S Top Layer of: [localhost/made:latest]",
    ]);
    expect((await world.engine.image.tree({ ref: image, whatRequires: true })).Tree).toContain("Top Layer of: [localhost/made:latest]");
  });

  test("differences of containers, images and two images agree", async () => {
    const wanted = [{ Path: "/bin", Kind: 0 }, { Path: "/bin/cat", Kind: 2 }, { Path: "/new", Kind: 1 }] as const;
    const { engine } = world;
    // The image has no /etc; a start makes one.
    const byPath = (changes: readonly { readonly Path: string }[]): unknown => changes.filter(({ Path }) => Path !== "/etc").toSorted((a, b) => (a.Path < b.Path ? -1 : 1));
    expect(byPath(await engine.container.diff({ ref: "maker" }))).toEqual([...wanted]);
    expect(byPath(await engine.image.diff({ ref: "made" }))).toEqual([...wanted]);
    expect(byPath(await engine.image.diff({ ref: "made", parent: image }))).toEqual([...wanted]);
    expect(byPath(await engine.container.diff({ ref: "maker", parent: image, diffType: "all" }))).toEqual([...wanted]);
    expect(byPath(await engine.container.diff({ ref: "maker", parent: "made", diffType: "all" }))).toEqual([]);
    expect(engine.image.diff({ ref: "nope" })).rejects.toThrow("nope not found: nope: image not known");
    expect(engine.container.diff({ ref: "nope", diffType: "all" })).rejects.toThrow("nope not found: layer not known");
  });

  test("mounts are listed until they are undone; undoing twice is harmless", async () => {
    const images = world.engine.image;
    const { Path } = await images.mount({ ref: "made" });
    expect(existsSync(join(Path, "new"))).toBe(true);
    expect((await images.mounts({})).map(({ Id }) => Id)).toEqual([made]);
    expect(await images.unmount({ ref: "made" })).toEqual({ Id: made, Unmounted: true });
    expect(await images.unmount({ ref: "made" })).toEqual({ Id: made, Unmounted: false });
    expect(await images.mounts({})).toEqual([]);
    expect(existsSync(join(Path, "new"))).toBe(false);
  });

  test("disk usage counts each layer once and knows what is shared", async () => {
    const usage = await world.engine.system.df({});
    const [base, young] = ["localhost/busybox", "localhost/made"].map((name) => usage.Images.find(({ Repository }) => Repository === name));
    expect(base?.SharedSize).toBeGreaterThan(0);
    expect(young?.SharedSize).toBe(base?.SharedSize);
    expect(usage.ImagesSize).toBe((base?.SharedSize ?? 0) + (base?.UniqueSize ?? 0) + (young?.UniqueSize ?? 0));
    expect(usage.Containers).toMatchObject([{ Names: "maker", Status: "exited", LocalVolumes: 0 }]);
  });
});
