import { expect, test } from "bun:test";
import { newId } from "../../../base/ids.ts";
import { temporaryStore } from "../../testing/temporary-store.ts";
import { parseLimits } from "./quota.ts";

test("sizes in powers of 1024, inodes as numbers", () => {
  expect(parseLimits({ size: "1.5G", inodes: "100" })).toEqual({ sizeBytes: 1.5 * 2 ** 30, inodes: 100 });
  expect(() => parseLimits({ size: "big" })).toThrow("invalid size: 'big'");
  expect(() => parseLimits({ inodes: "1k" })).toThrow('inodes "1k": not a number');
  expect(() => parseLimits({ colour: "red" })).toThrow("unknown option colour");
});

test("where the file system keeps no project quotas a limit is an error, and nothing is left of the container", async () => {
  await using asked = await temporaryStore();
  const create = asked.store.createContainer({ id: newId(), name: "a", storageOptions: { size: "1G" } });
  expect(await create.catch((error: unknown) => String(error))).toContain("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  await using configured = await temporaryStore({ options: { "overlay.size": "1G" } });
  const refused = configured.store.createContainer({ id: newId(), name: "a" });
  expect(await refused.catch((error: unknown) => String(error))).toContain("Storage option overlay.size only supported for backingFS XFS. Found ");
  for (const { store } of [asked, configured]) expect([store.layers(), store.containers()]).toEqual([[], []]);
});
