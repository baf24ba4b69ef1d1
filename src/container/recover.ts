import type { EngineContext } from "../engine/context.ts";
import { forgetLock, isObjectLocked } from "../state/lock.ts";

/**
 * Removes what creates left that were killed half-way: reserved ids whose maker no longer holds the lock. Costs one small
 * query when there is none. Idempotent; several at once do the same.
 */
export async function recoverUnfinished(context: EngineContext): Promise<void> {
  const { lockDir } = context.config.paths;
  for (const id of context.containers().unfinished()) {
    if (isObjectLocked(lockDir, "container", id)) continue;
    using _lock = await context.lock("container", id);
    if (!context.containers().unfinished().includes(id)) continue;
    await (await context.store()).removeContainer(id);
    context.containers().remove(id);
    forgetLock(lockDir, "container", id);
  }
}
