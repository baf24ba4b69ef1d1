/** Exec sessions of one container, as a part of its life. Only with the container's lock held. */
import type { EngineContext } from "../engine/context.ts";
import type { ContainerRecord } from "./record.ts";

/** Forgets every session and its directory; running ones have died with the container. Idempotent. */
export async function removeExecSessions(context: EngineContext, record: ContainerRecord): Promise<void> {
  const table = context.state().exec;
  const sessions = table.of(record.id);
  if (sessions.length === 0) return;
  const { removeExecDirectory } = await import("../runtime/prepare.ts");
  const { pathsOf } = await import("./paths.ts");
  for (const { id } of sessions) {
    removeExecDirectory(pathsOf(context, record), id);
    table.remove(id);
  }
}
