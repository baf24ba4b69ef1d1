/** Removing a container: mounts, layer, directories, and last the record, so that whatever a crash leaves can be removed again. */
import { join } from "node:path";
import { isRecordedOrMounted, unmountCounted } from "../layer/mount.ts";
import { writeLayers } from "../layer/write.ts";
import type { StoreParts } from "../parts.ts";
import { isSafeId } from "../records/file.ts";
import { removeTree } from "../tempdir/remove.ts";

/** See `Store.removeContainer`. */
export async function removeContainer(parts: StoreParts, id: string): Promise<void> {
  const record = parts.containers.snapshot().get(id);
  if (record !== undefined) await removeLayerOf(parts, record.layer);
  if (isSafeId(id)) await Promise.all([parts.paths.containers, parts.paths.runContainers].map((folder) => removeTree(join(folder, id))));
  if (record === undefined) return;
  await parts.containers.write((draft) => {
    draft.remove(id);
    draft.save();
  });
}

async function removeLayerOf(parts: StoreParts, layer: string): Promise<void> {
  if (isRecordedOrMounted(parts, layer)) await unmountCounted(parts, layer, true);
  await writeLayers(parts, async ({ draft, remove }) => {
    if (draft.get(layer) !== undefined) await remove(layer);
  });
}
