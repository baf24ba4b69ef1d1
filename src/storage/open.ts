/** Opening a store. Nothing is made on disk before the first write: readers may look at a store that does not exist yet. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { Driver } from "./driver/types.ts";
import { LocalStore } from "./local-store.ts";
import { storePaths, type StoreOptions } from "./paths.ts";
import { storeParts } from "./parts.ts";
import type { Store } from "./store.ts";

export interface OpenStore {
  readonly rootless: boolean;
  readonly storage: StoreOptions;
}

/** Opens the store of a configuration (`EngineConfig` as it is). @throws invalid-argument for an unknown driver or a relative root */
export async function openStore({ storage, rootless }: OpenStore): Promise<Store> {
  for (const root of [storage.graphRoot, storage.runRoot]) {
    if (!isAbsolute(root)) throw new EngineError("invalid-argument", `storage root "${root}": not an absolute path`);
  }
  const driver = await openDriver(storage, rootless);
  return new LocalStore(storeParts(storePaths(storage, driver.name), driver, rootless));
}

async function openDriver(storage: StoreOptions, rootless: boolean): Promise<Driver> {
  const name = storage.driver === "" ? priorDriver(storage.graphRoot) : storage.driver;
  if (name === "overlay" || name === "overlay2") return new (await import("./driver/overlay/driver.ts")).OverlayDriver(storage, rootless);
  if (name === "vfs") return new (await import("./driver/vfs/driver.ts")).VfsDriver(storage);
  throw new EngineError("invalid-argument", `storage driver "${name}" is not supported`, { hint: "use \"overlay\" or \"vfs\"" });
}

/** What the store was begun with; overlay for a new one. */
function priorDriver(graphRoot: string): string {
  return !existsSync(join(graphRoot, "overlay-images")) && existsSync(join(graphRoot, "vfs-images")) ? "vfs" : "overlay";
}
