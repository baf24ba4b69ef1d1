import { openSync } from "node:fs";
import { entriesAt } from "../container/copy/list.ts";
import { ContainerTree } from "../container/copy/tree.ts";
import type { InputOf } from "../contract/kit.ts";
import type { listPath as operation } from "../contract/image/list-path.ts";
import type { PathEntry } from "../contract/types/path-stat.ts";
import type { EngineContext } from "../engine/context.ts";
import { openFlags } from "../sys/index.ts";
import { lookupImage } from "./lookup.ts";

/** The image is mounted for as long as it takes. */
export async function listPath(context: EngineContext, { ref, path }: InputOf<typeof operation.input>): Promise<readonly PathEntry[]> {
  const { image } = await lookupImage(context, ref);
  const store = await context.store();
  await using undo = new AsyncDisposableStack();
  const root = await store.mountImage(image.id);
  undo.defer(async () => { await store.unmountImage(image.id); });
  return entriesAt(undo.use(new ContainerTree(openSync(root, openFlags.path | openFlags.directory), new Map())), path);
}
