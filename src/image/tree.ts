import type { InputOf } from "../contract/kit.ts";
import type { ImageTree, tree as operation } from "../contract/image/tree.ts";
import type { EngineContext } from "../engine/context.ts";
import { humanSize } from "../formats/go/human.ts";
import type { Store, StoreImage, StoreLayer } from "../storage/store.ts";
import { imageSize, layersOf, repoTags } from "./facts.ts";
import { lookupImage } from "./lookup.ts";

interface Node { readonly text: string; readonly children: readonly Node[] }

/** podman-image-tree(1). @throws not-found/no-such-image */
export async function tree(context: EngineContext, { ref, whatRequires }: InputOf<typeof operation.input>): Promise<ImageTree> {
  const store = await context.store();
  const { image } = await lookupImage(context, ref);
  const layers = layersOf(store, image).toReversed();
  const top = layers.at(-1);
  const title = `Image ID: ${image.id.slice(0, 12)}\nTags:     [${repoTags(image).join(" ")}]\nSize:     ${humanSize(imageSize(store, image))}\n${image.topLayer === undefined ? "No Image Layers" : "Image Layers"}`;
  const line = liner(store);
  const children = whatRequires === true ? (top === undefined ? [] : above(store, top, line)) : layers.map((layer) => ({ text: line(layer), children: [] }));
  return { Tree: `${title}\n${draw(children, "")}` };
}

function liner(store: Store): (layer: StoreLayer) => string {
  const byTop = Map.groupBy(store.images(), ({ topLayer }: StoreImage) => topLayer ?? "");
  return ({ id, diffSizeBytes = 0 }) => {
    const tags = (byTop.get(id) ?? []).flatMap(repoTags);
    return `ID: ${id.slice(0, 12)} Size: ${humanSize(diffSizeBytes).padStart(7)}${tags.length === 0 ? "" : ` Top Layer of: [${tags.join(" ")}]`}`;
  };
}

/** A line of only children stays on one level; brothers branch. Container layers are not part of it. */
function above(store: Store, top: StoreLayer, line: (layer: StoreLayer) => string): readonly Node[] {
  const writable = new Set(store.containers().map(({ layerId }) => layerId));
  const byParent = Map.groupBy(store.layers().filter(({ id }) => !writable.has(id)), ({ parent = "" }) => parent);
  const visit = (layer: StoreLayer): readonly Node[] => {
    const children = byParent.get(layer.id) ?? [];
    const own: Node = { text: line(layer), children: [] };
    if (children.length <= 1) return [own, ...children.flatMap(visit)];
    return [own, ...children.map((child) => {
      const [first, ...rest] = visit(child);
      return { text: first?.text ?? "", children: rest };
    })];
  };
  return visit(top);
}

function draw(nodes: readonly Node[], indent: string): string {
  return nodes.map(({ text, children }, index) => {
    const isLast = index === nodes.length - 1;
    return `${indent}${isLast ? "└── " : "├── "}${text}\n${draw(children, `${indent}${isLast ? "    " : "│   "}`)}`;
  }).join("");
}
