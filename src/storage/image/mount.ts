/** An image's root file system, read-only. */
import { EngineError } from "../../base/errors.ts";
import { mountCounted, unmountCounted } from "../layer/mount.ts";
import type { StoreParts } from "../parts.ts";
import { imageByRef } from "./view.ts";

/** See `Store.mountImage`. */
export async function mountImage(parts: StoreParts, id: string): Promise<string> {
  return mountCounted(parts, topLayerOf(parts, id), { readOnly: true });
}

export async function unmountImage(parts: StoreParts, id: string, force: boolean): Promise<boolean> {
  return unmountCounted(parts, topLayerOf(parts, id), force);
}

function topLayerOf(parts: StoreParts, id: string): string {
  const image = imageByRef(parts, id);
  if (image.topLayer === undefined) throw new EngineError("failed-precondition", `image "${id}" has no layers: nothing to mount`);
  return image.topLayer;
}
