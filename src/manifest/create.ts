import { EngineError, isEngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { withUndo } from "../base/undo.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { create as operation } from "../contract/manifest/create.ts";
import type { EngineContext } from "../engine/context.ts";
import { emptyList } from "../formats/manifest-list.ts";
import { formatReference, normalizeLocal } from "../formats/reference.ts";
import { findList, storeList } from "./list-store.ts";
import { modify } from "./modify.ts";

type CreateInput = InputOf<typeof operation.input>;

/** podman-manifest-create(1). @throws already-exists/name-in-use, and what adding throws; then the new list is gone again */
export async function create(context: EngineContext, input: CreateInput, call: CallOptions = {}): Promise<{ readonly Id: string }> {
  const { name, images = [], all, annotations = {}, tlsVerify } = input;
  if (name === "") throw new EngineError("invalid-argument", "no name specified for creating a manifest list");
  const store = await context.store();
  return withUndo(async (undo) => {
    const { id, isNew } = await makeOrFind(context, input);
    if (isNew) undo(async () => { await store.removeImage(id); });
    if (Object.keys(annotations).length > 0) await modify(context, { name: id, operation: "annotate", indexAnnotations: annotations }, call);
    if (images.length > 0) await modify(context, { name: id, operation: "update", images, ...(all === undefined ? {} : { all }), ...(tlsVerify === undefined ? {} : { tlsVerify }) }, call);
    return { Id: id };
  });
}

async function makeOrFind(context: EngineContext, { name, amend }: CreateInput): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const id = newId();
  try {
    await storeList(await context.store(), id, [formatReference(normalizeLocal(name))], { list: emptyList, instances: {}, artifacts: {} });
    return { id, isNew: true };
  } catch (error) {
    if (amend !== true || !isEngineError(error, "name-in-use")) throw error;
    // An image of that name that is no list is the first error's business.
    const found = await findList(context, name).catch(() => { throw error; });
    return { id: found.image.id, isNew: false };
  }
}
