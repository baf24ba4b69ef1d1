/** Differences of overlay layers, read from the layer's own directory where the kernel keeps that complete. */
import { dirname } from "node:path";
import type { ByteStream } from "../../../contract/kit.ts";
import type { PathChange } from "../../store.ts";
import { comparison, type LayerPair } from "../types.ts";
import type { OverlayHome } from "./home.ts";

/** Shows layers as whole trees while `work` runs; undefined stays undefined. */
export type ViewLayers = <T>(ids: readonly (string | undefined)[], work: (roots: readonly (string | undefined)[]) => AsyncIterable<T>) => AsyncIterable<T>;

/** `isNative`: the layer's directory has the whole difference from its parent. */
export async function* diffOfLayer(view: ViewLayers, layers: OverlayHome, pair: LayerPair, isNative: boolean): ByteStream {
  if (isNative && isDirectParent(layers, pair)) {
    const { tarDirectory } = await import("../../archive/diff.ts");
    yield* tarDirectory({ directory: layers.content(pair.id), whiteouts: "overlay", lowerDirectories: layers.lowerContents(pair.id), ...pair.mappings });
    return;
  }
  const { tarChanges } = await import("../../archive/compare.ts");
  yield* view([pair.id, pair.parent], ([after, before]) => tarChanges(comparison(after, before, pair)));
}

export async function changesOfLayer(view: ViewLayers, layers: OverlayHome, pair: LayerPair, isNative: boolean): Promise<readonly PathChange[]> {
  if (isNative && isDirectParent(layers, pair)) {
    const { changedPaths } = await import("../../archive/changes.ts");
    return changedPaths({ upperDirectory: layers.content(pair.id), lowerDirectories: layers.lowerContents(pair.id) });
  }
  const { comparePaths } = await import("../../archive/compare.ts");
  const compared: PathChange[] = [];
  for await (const change of view([pair.id, pair.parent], async function* ([after, before]) { yield* await comparePaths(comparison(after, before, pair)); })) compared.push(change);
  return compared;
}

function isDirectParent(layers: OverlayHome, { id, parent }: LayerPair): boolean {
  const own = dirname(layers.content(id));
  const nearest = layers.lowerContents(id).map(dirname).find((directory) => directory !== own);
  return nearest === undefined ? parent === undefined : parent !== undefined && nearest === dirname(layers.content(parent));
}
