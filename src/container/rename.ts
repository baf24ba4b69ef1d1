import type { InputOf } from "../contract/kit.ts";
import type { rename as operation } from "../contract/container/rename.ts";
import { namePattern, nameRule } from "../base/ids.ts";
import { EngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";

/**
 * Renames a container in the state and in the store. Idempotent for the same name; the state changes first, so a crash
 * between leaves only the store's name behind, which the next rename or removal corrects.
 * @throws not-found, conflict/name-in-use, invalid-argument
 */
export async function rename(context: EngineContext, input: InputOf<typeof operation.input>): Promise<void> {
  if (!namePattern.test(input.name)) throw new EngineError("invalid-argument", nameRule);
  const table = context.containers();
  const { id } = table.resolve(input.ref);
  using _lock = await context.lock("container", id);
  const { name: oldName } = table.resolve(id);
  if (oldName === input.name) return;
  table.rename(id, input.name);
  const store = await context.store();
  await store.setContainerNames(id, [input.name]);
  await context.emit({ type: "container", status: "rename", id, name: input.name, attributes: { oldName } });
}
