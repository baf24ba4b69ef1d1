/**
 * Copies of an image's top layer whose owners are shifted for one mapping, where the kernel cannot shift at mount time. They
 * are shared by every container with that mapping and listed in the image record (`mapped-layers`), as containers/storage does.
 */
import { readFileSync } from "node:fs";
import { isErrno } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { Mappings } from "../driver/types.ts";
import { addLayer } from "../layer/add.ts";
import type { LayerWrite } from "../layer/write.ts";
import { tarSplitPath, writeTarSplit, type StoreParts } from "../parts.ts";
import { fromIdMaps, omitEmpty, type IdMapRecord, type LayerRecord } from "../records/types.ts";
import type { StoreImage } from "../store.ts";

/** The layer to build a container on: has the mapping's owners. undefined when the image is not ours to extend. The caller holds storage.lock and layers.lock. */
export async function mappedTopLayer(parts: StoreParts, write: LayerWrite, image: StoreImage, mappings: Mappings): Promise<string | undefined> {
  const record = parts.images.snapshot().get(image.id);
  const template = record?.layer === undefined ? undefined : write.draft.get(record.layer);
  if (record === undefined || template === undefined) return undefined;
  const uidmap = fromIdMaps(mappings.uidMaps);
  const gidmap = fromIdMaps(mappings.gidMaps);
  const candidates = [template.id, ...(record["mapped-layers"] ?? [])].map((id) => write.draft.get(id));
  const match = candidates.find((layer) => layer !== undefined && sameMaps(layer.uidmap, uidmap) && sameMaps(layer.gidmap, gidmap) && parts.driver.exists(layer.id));
  if (match !== undefined) return match.id;
  const { names: _, flags: __, ...kept } = template;
  const mapped = omitEmpty<LayerRecord>({ ...kept, id: newId(), created: new Date().toISOString(), ...(uidmap === undefined ? {} : { uidmap }), ...(gidmap === undefined ? {} : { gidmap }) });
  await addLayer(parts, write, mapped, parts.fileOf.image, { base: template.id, writable: false, finish: async () => {
    await parts.driver.shiftOwners(mapped.id, mappings);
    copyTarSplit(parts, template.id, mapped.id);
  } });
  await register(parts, write, image.id, mapped.id);
  return mapped.id;
}

async function register(parts: StoreParts, write: LayerWrite, imageId: string, layerId: string): Promise<void> {
  await parts.images.write(async (draft) => {
    const image = draft.get(imageId);
    if (image === undefined) { await write.remove(layerId); return; }
    draft.replace({ ...image, "mapped-layers": [...(image["mapped-layers"] ?? []), layerId] });
    draft.save();
  });
}

function copyTarSplit(parts: StoreParts, from: string, to: string): void {
  try { writeTarSplit(parts, to, readFileSync(tarSplitPath(parts, from))); } catch (error) { if (!isErrno(error, "ENOENT")) throw error; }
}

function sameMaps(left: readonly IdMapRecord[] | undefined, right: readonly IdMapRecord[] | undefined): boolean {
  const text = (maps: readonly IdMapRecord[] | undefined): string => (maps ?? []).map(({ container_id, host_id, size }) => `${container_id}:${host_id}:${size}`).join(",");
  return text(left) === text(right);
}
