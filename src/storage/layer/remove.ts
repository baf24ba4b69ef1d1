import { EngineError } from "../../base/errors.ts";
import type { StoreParts } from "../parts.ts";
import { writeLayers } from "./write.ts";

/** See `Store.removeLayer`. Harmless for a layer that is not there. */
export async function removeLayer(parts: StoreParts, id: string): Promise<void> {
  await writeLayers(parts, async ({ draft, remove }) => {
    if (draft.get(id) === undefined) return;
    refuseUsed(parts, id, draft.all());
    await remove(id);
  });
}

function refuseUsed(parts: StoreParts, id: string, layers: readonly { readonly id: string; readonly parent?: string }[]): void {
  const used = (by: string): EngineError => new EngineError("failed-precondition", `layer "${id}" is used by ${by}`, { reason: "dependents" });
  const child = layers.find(({ parent }) => parent === id);
  if (child !== undefined) throw used(`layer "${child.id}"`);
  const image = parts.images.snapshot().records.find(({ layer }) => layer === id);
  if (image !== undefined) throw used(`image "${image.id}"`);
  const container = parts.containers.snapshot().records.find(({ layer }) => layer === id);
  if (container !== undefined) throw used(`container "${container.id}"`);
}
