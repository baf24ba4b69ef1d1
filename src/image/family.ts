/**
 * Parents and children among images: an image is another's child when it adds layers or history to it. Needed for
 * "intermediate" and "dangling", and to remove parents that nobody needs.
 */
import type { ImageConfig } from "../contract/types/oci.ts";
import type { Store, StoreImage } from "../storage/store.ts";
import { configOf, layersOf } from "./facts.ts";

export interface Family {
  /** The nearest image that `image` was built on. */
  parentOf(image: StoreImage): StoreImage | undefined;
  hasChildren(image: StoreImage): boolean;
  /** No name and no children. */
  isDangling(image: StoreImage): boolean;
  /** No name and children. */
  isIntermediate(image: StoreImage): boolean;
}

/** Reads what is needed when it is needed: named images cost nothing. */
export function familyOf(store: Store): Family {
  const images = store.images();
  const byTop = Map.groupBy(images, (image) => image.topLayer ?? "");
  const stacks = new Map<string, readonly string[]>();
  const configs = new Map<string, ImageConfig | undefined>();
  const stackOf = (image: StoreImage): readonly string[] => remember(stacks, image.id, () => layersOf(store, image).map(({ id }) => id));
  const config = (image: StoreImage): ImageConfig | undefined => remember(configs, image.id, () => configOf(store, image));
  const isParent = (parent: StoreImage, child: StoreImage): boolean => parent.id !== child.id && areParentAndChild(config(parent), config(child));
  const onTopOf = (image: StoreImage): readonly StoreImage[] => images.filter((other) => other.id !== image.id && (image.topLayer === undefined ? other.topLayer === undefined : stackOf(other).includes(image.topLayer)));
  const hasChildren = (image: StoreImage): boolean => onTopOf(image).some((other) => isParent(image, other));
  return {
    hasChildren,
    parentOf: (image) => candidatesBelow(image, stackOf(image), byTop).filter((other) => isParent(other, image))
      .toSorted((a, b) => (config(b)?.history?.length ?? 0) - (config(a)?.history?.length ?? 0))[0],
    isDangling: (image) => image.names.length === 0 && !hasChildren(image),
    isIntermediate: (image) => image.names.length === 0 && hasChildren(image),
  };
}

function remember<T>(map: Map<string, T>, key: string, make: () => T): T {
  if (!map.has(key)) map.set(key, make());
  return map.get(key) as T;
}

/** Images on the same top layer, or the nearest layer below that is some image's top. */
function candidatesBelow(image: StoreImage, stack: readonly string[], byTop: ReadonlyMap<string, readonly StoreImage[]>): readonly StoreImage[] {
  return ["", ...stack].flatMap((id) => (id === "" && stack.length > 0 ? [] : byTop.get(id) ?? [])).filter((other) => other.id !== image.id);
}

/** The child repeats all of the parent's layers and history, and adds history. */
function areParentAndChild(parent: ImageConfig | undefined, child: ImageConfig | undefined): boolean {
  if (parent === undefined || child === undefined) return false;
  const [old, young] = [parent.history ?? [], child.history ?? []];
  if (parent.rootfs.diff_ids.length > child.rootfs.diff_ids.length || old.length >= young.length) return false;
  if (!parent.rootfs.diff_ids.every((id, index) => id === child.rootfs.diff_ids[index])) return false;
  return old.every((entry, index) => {
    const other = young[index];
    return other !== undefined && entry.created_by === other.created_by && entry.created === other.created && entry.comment === other.comment
      && entry.author === other.author && (entry.empty_layer ?? false) === (other.empty_layer ?? false);
  });
}
