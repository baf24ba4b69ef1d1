/** What no record names: left by a power cut, or by containers of a transient store after a restart. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { writeLayers } from "./layer/write.ts";
import type { StoreParts } from "./parts.ts";
import { isLayerDirectory } from "./driver/types.ts";
import { removeTree } from "./tempdir/remove.ts";

/** See `Store.collectGarbage`. */
export async function collectGarbage(parts: StoreParts): Promise<void> {
  const { paths } = parts;
  await parts.containers.write(async (draft) => {
    for (const folder of [paths.containers, paths.runContainers]) await removeUnknown(folder, (id) => draft.get(id) !== undefined);
  });
  await parts.images.write(async (draft) => {
    for (const folder of parts.imageFolders.slice(0, parts.imageFolders.length - paths.additional.length)) await removeUnknown(folder, (id) => draft.get(id) !== undefined);
  });
  await removeLayers(parts);
}

/** Whoever makes a layer lists it first, under the same lock. */
async function removeLayers(parts: StoreParts): Promise<void> {
  await writeLayers(parts, async ({ draft, remove }) => {
    const data = namesIn(parts.paths.layers).map((name) => name.replace(/\.tar-split\.gz$/, "")).filter(isLayerDirectory);
    for (const id of new Set([...parts.driver.list(), ...data])) if (draft.get(id) === undefined) await remove(id);
  });
}

async function removeUnknown(folder: string, isKnown: (id: string) => boolean): Promise<void> {
  for (const id of namesIn(folder).filter((name) => isLayerDirectory(name) && !isKnown(name))) await removeTree(join(folder, id));
}

function namesIn(folder: string): readonly string[] {
  try { return readdirSync(folder); } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}
