/** Layers as whole trees for a comparison: where they are mounted already, else read-only below the run root for as long as it takes. */
import { join } from "node:path";
import { isMountPoint } from "../../tempdir/mount-points.ts";
import { detachBelow } from "../../tempdir/remove.ts";
import { openTempDirectory, removeStale } from "../../tempdir/stage.ts";
import { tempFolder, type OverlayHome } from "./home.ts";
import { mountLayer, type MountWay } from "./mount.ts";

export async function* viewLayers<T>(layers: OverlayHome, way: MountWay, ids: readonly (string | undefined)[], work: (roots: readonly (string | undefined)[]) => AsyncIterable<T>): AsyncIterable<T> {
  const root = join(layers.runHome, tempFolder);
  await removeStale(root);
  const temp = openTempDirectory(root);
  try {
    const roots: (string | undefined)[] = [];
    for (const id of ids) roots.push(id === undefined ? undefined : await viewOf(layers, way, id, temp.addition()));
    yield* work(roots);
  } finally {
    detachBelow(temp.path);
    await temp.remove();
  }
}

async function viewOf(layers: OverlayHome, way: MountWay, id: string, target: string): Promise<string> {
  const merged = layers.merged(id);
  // What a mount program shows may be shifted; beside it a second, plain mount.
  return way.program === undefined && isMountPoint(merged) ? merged : mountLayer(layers, way, id, { readOnly: true }, target);
}
