/** `rmi --force`: the containers on an image go first, ours by the engine's own way, others from storage. */
import type { EngineContext } from "../engine/context.ts";

export async function removeContainersOf(context: EngineContext, imageId: string): Promise<void> {
  const store = await context.store();
  for (const { id } of store.containers().filter((container) => container.imageId === imageId)) {
    if (context.containers().get(id) === undefined) { await store.removeContainer(id); continue; }
    const { remove } = await import("../container/remove.ts");
    await remove(context, { ref: id, force: true, ignore: true, timeout: 0 });
  }
}
