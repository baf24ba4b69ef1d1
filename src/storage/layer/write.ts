/** Changing the layer table: the lock, the clean-up of what a crash left, and the deletion of one layer. */
import { existsSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../../base/errors.ts";
import type { Draft } from "../records/table.ts";
import type { LayerRecord } from "../records/types.ts";
import { tarSplitPath, type StoreParts } from "../parts.ts";
import { openTempDirectory, removeStale, type TempDirectory } from "../tempdir/stage.ts";
import { forgetMount } from "./mount.ts";
import { isComplete } from "./view.ts";

export interface LayerWrite {
  readonly draft: Draft<LayerRecord>;
  /** Deletes one layer: it is unlisted at once, its files go when the lock is free again. */
  readonly remove: (id: string) => Promise<void>;
}

/**
 * Runs `work` with layers.lock held, after removing layers that a dead process left incomplete. Files of removed layers are
 * deleted after the lock is released: large trees must not keep others waiting.
 */
export async function writeLayers<T>(parts: StoreParts, work: (write: LayerWrite) => Promise<T>): Promise<T> {
  const temps: TempDirectory[] = [];
  try {
    return await parts.layers.write(async (draft) => {
      const remove = (id: string): Promise<void> => removeOne(parts, draft, id, temps);
      for (const record of draft.all().filter((entry) => !isComplete(entry))) await remove(record.id);
      for (const root of parts.driver.tempRoots) await removeStale(root);
      await removeStale(join(parts.paths.layers, "tmp"));
      return work({ draft, remove });
    });
  } finally {
    for (const temp of temps) await temp.remove();
  }
}

async function removeOne(parts: StoreParts, draft: Draft<LayerRecord>, id: string, temps: TempDirectory[]): Promise<void> {
  const record = draft.get(id);
  await forgetMount(parts, id);
  // From here on a crash leaves an incomplete layer, never one that looks usable.
  if (record !== undefined && isComplete(record)) {
    draft.replace({ ...record, flags: { ...record.flags, incomplete: true } });
    draft.save();
  }
  const temp = openTempDirectory(parts.driver.tempRootOf(id));
  temps.push(temp);
  parts.driver.remove(id, temp);
  removeFile(tarSplitPath(parts, id));
  const data = join(parts.paths.layers, id);
  if (record?.["big-data-names"] !== undefined && existsSync(data)) rmSync(data, { recursive: true, force: true });
  draft.remove(id);
  draft.save();
}

function removeFile(path: string): void {
  try { unlinkSync(path); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
}
