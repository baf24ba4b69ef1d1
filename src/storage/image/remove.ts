/** Removing an image and the layers that only it used. */
import { join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import type { StoreParts } from "../parts.ts";
import type { ContainerRecord, ImageRecord, LayerRecord } from "../records/types.ts";
import { removeTree } from "../tempdir/remove.ts";
import { unmountCounted, isRecordedOrMounted, leaveIdle } from "../layer/mount.ts";
import { writeLayers } from "../layer/write.ts";
import { requireImage } from "./names.ts";

/** See `Store.removeImage`. */
export async function removeImage(parts: StoreParts, id: string): Promise<{ readonly removedLayers: readonly string[] }> {
  // Before the locks: an unmount takes storage.lock, which comes first.
  const top = parts.images.snapshot().get(id)?.layer;
  const unmountFirst = top !== undefined && isRecordedOrMounted(parts, top) && isOnlyUser(parts, id, top);
  if (unmountFirst) await unmountCounted(parts, top, true);
  const report = await writeLayers(parts, (layers) => parts.images.write((images) => parts.containers.write(async (containers) => {
    const image = requireImage(images, id);
    refuseUsed(id, containers.all());
    const others = images.all().filter((other) => other.id !== id);
    const removed = layersOnlyOf(image, others, layers.draft.all(), containers.all());
    // The image first: a crash after this leaves layers that the next pull can use, never an image without layers.
    images.remove(id);
    images.save();
    for (const folder of parts.imageFolders.slice(0, parts.imageFolders.length - parts.paths.additional.length)) await removeTree(join(folder, id));
    for (const layer of removed) await layers.remove(layer);
    return { removedLayers: removed };
  })));
  await leaveIdle(parts);
  return report;
}

function isOnlyUser(parts: StoreParts, id: string, top: string): boolean {
  return !parts.images.snapshot().records.some((other) => other.id !== id && other.layer === top) && !parts.containers.snapshot().records.some(({ image }) => image === id);
}

function refuseUsed(id: string, containers: readonly ContainerRecord[]): void {
  const users = containers.filter(({ image }) => image === id).map((container) => container.id);
  if (users.length > 0) throw new EngineError("failed-precondition", `image used by ${users.join(", ")}: image is in use by a container`, { reason: "image-in-use" });
}

/** From the top down to the first layer that another image, a container or a remaining layer needs. Mapped copies of the top layer go first. */
function layersOnlyOf(image: ImageRecord, others: readonly ImageRecord[], layers: readonly LayerRecord[], containers: readonly ContainerRecord[]): readonly string[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const children = Map.groupBy(layers, ({ parent }) => parent ?? "");
  const needed = new Set([...others.flatMap((other) => [other.layer ?? "", ...(other["mapped-layers"] ?? [])]), ...containers.map(({ layer }) => layer)]);
  const removed = new Set<string>();
  const isFree = (id: string): boolean => !needed.has(id) && (children.get(id) ?? []).every((child) => removed.has(child.id));
  for (const mapped of image["mapped-layers"] ?? []) if (byId.has(mapped) && isFree(mapped)) removed.add(mapped);
  for (let id = image.layer ?? ""; byId.has(id) && isFree(id); id = byId.get(id)?.parent ?? "") removed.add(id);
  return [...removed];
}
