/** Layers that unpack before their parents are there. */
import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, streamOf, temporaryStore } from "../testing/temporary-store.ts";

/** A tar with or without an entry for its top directory. */
function tar(mode: number | undefined, name: string): Uint8Array {
  const root = mkdtempSync("/var/tmp/early-test-");
  writeFileSync(join(root, name), name);
  if (mode !== undefined) chmodSync(root, mode);
  const { stdout } = Bun.spawnSync(["tar", "-C", root, "-c", mode === undefined ? name : "."]);
  rmSync(root, { recursive: true });
  return stdout;
}

test("children unpack first and are listed after their parent; top directories are as those of layers put in order", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const [base, silent, outspoken] = [tar(0o711, "a"), tar(undefined, "b"), tar(0o705, "c")];
  const ids = [sha256("1"), sha256("2"), sha256("3")] as const;
  const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const third = store.putLayer({ id: ids[2], parent: ids[1], parentReady: ready[1].promise, diff: streamOf(outspoken) });
  const second = store.putLayer({ id: ids[1], parent: ids[0], parentReady: ready[0].promise, diff: streamOf(silent) });
  expect(store.layers()).toHaveLength(0);
  await store.putLayer({ id: ids[0], diff: streamOf(base) });
  ready[0].resolve();
  await second;
  ready[1].resolve();
  await third;
  expect(store.layers().map(({ id }) => id)).toEqual([...ids]);
  await using other = await temporaryStore();
  for (const [index, diff] of [base, silent, outspoken].entries()) {
    const [id = "", parent] = [ids[index], ids[index - 1]];
    await other.store.putLayer({ id, ...(parent === undefined ? {} : { parent }), diff: streamOf(diff) });
  }
  const modes = (graphRoot: string): number[] => ids.map((id) => statSync(join(graphRoot, "overlay", id, "diff")).mode & 0o7777);
  expect(modes(store.graphRoot)).toEqual(modes(other.store.graphRoot));
});

test("a parent that never comes leaves nothing", async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const failed = store.putLayer({ id: sha256("2"), parent: sha256("1"), parentReady: Promise.reject(new Error("the parent failed")), diff: streamOf(tar(undefined, "b")) });
  expect(await failed.catch((error: unknown) => String(error))).toContain("the parent failed");
  expect(store.layers()).toHaveLength(0);
});
