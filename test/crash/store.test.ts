/** Writers are killed in the middle of whatever they do; the store must not notice. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/ids.ts";
import type { Store } from "../../src/storage/store.ts";
import { addImage, temporaryStore, type TemporaryStore } from "../../src/storage/testing/temporary-store.ts";
import { mountPointsBelow } from "../../src/storage/tempdir/mount-points.ts";
import { missingNeed } from "../harness/needs.ts";

const unmet = missingNeed(["root"]);

async function killWriters({ options }: TemporaryStore, count: number, afterMillis: number): Promise<void> {
  const children = Array.from({ length: count }, (_, index) => Bun.spawn([process.execPath, "run", join(import.meta.dir, "store-writer.ts"), options.graphRoot, options.runRoot, String(index)], { stdout: "pipe", stderr: "pipe" }));
  for (const child of children) await child.stdout.getReader().read();
  await Bun.sleep(afterMillis);
  for (const child of children) {
    // Still running: it did not fail by itself.
    expect([child.exitCode, child.exitCode === null ? "" : await new Response(child.stderr).text()]).toEqual([null, ""]);
    child.kill("SIGKILL");
  }
  await Promise.all(children.map((child) => child.exited));
}

/** Whatever is listed is whole, and everything can be used and removed. */
async function checkAndEmpty(store: Store): Promise<void> {
  const image = await addImage(store, "localhost/after:1", [{ after: "1" }]);
  for (const layer of store.layers()) expect(existsSync(join(store.graphRoot, "overlay", layer.id, "diff"))).toBe(true);
  for (const { id, bigDataNames } of store.images()) for (const name of bigDataNames) expect(store.imageData(id, name).length).toBeGreaterThan(0);
  const container = await store.createContainer({ id: newId(), name: "after", imageId: image.id });
  expect(readdirSync(await store.mountContainer(container.id))).toEqual(["after"]);
  for (const { id } of store.containers()) await store.removeContainer(id);
  for (const { id } of store.images()) await store.removeImage(id);
  for (let left = store.layers(); left.length > 0; left = store.layers()) {
    for (const { id } of left) if (!left.some(({ parent }) => parent === id)) await store.removeLayer(id);
  }
}

for (const writers of [1, 3]) {
  test.skipIf(unmet !== undefined)(`${writers} writers killed at any moment leave a store that works${unmet === undefined ? "" : ` [${unmet}]`}`, async () => {
    await using temporary = await temporaryStore();
    for (let round = 0; round < 6; round++) {
      await killWriters(temporary, writers, 5 + Math.floor(Math.random() * 120));
      await checkAndEmpty(await temporary.reopen());
      expect(mountPointsBelow(temporary.root)).toEqual([]);
      const folders = readdirSync(join(temporary.options.graphRoot, "overlay")).filter((name) => /^[0-9a-f]{64}$/.test(name));
      expect(folders).toEqual([]);
      expect(readdirSync(join(temporary.options.graphRoot, "overlay/tempdirs"))).toEqual([]);
      expect(readdirSync(join(temporary.options.graphRoot, "overlay-layers")).filter((name) => name.endsWith(".gz"))).toEqual([]);
    }
  }, 60_000);
}
