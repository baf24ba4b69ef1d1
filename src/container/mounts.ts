import type { EngineContext } from "../engine/context.ts";

/** Ours and those of others in the store. */
export async function mounts(context: EngineContext): Promise<Readonly<Record<string, string>>> {
  const store = await context.store();
  return Object.fromEntries(store.containers().flatMap(({ id }) => {
    const path = store.mountPointOf(id);
    return path === undefined ? [] : [[id, path] as const];
  }));
}
