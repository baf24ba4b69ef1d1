import { isEngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import type { HealthAction } from "./keep.ts";

/** Idempotent: a container that ended meanwhile is left alone. */
export async function actOnFailure(context: EngineContext, id: string, action: HealthAction): Promise<void> {
  try { await act(context, id, action); } catch (error) {
    if (!isEngineError(error, "container-not-running") && !isEngineError(error, "no-such-container") && !isEngineError(error, "not-modified")) throw error;
  }
}

async function act(context: EngineContext, id: string, action: HealthAction): Promise<void> {
  if (action === "kill") return (await import("../container/kill.ts")).kill(context, { ref: id });
  const { stop, endProcess } = await import("../container/stop.ts");
  if (action === "stop") return stop(context, { ref: id });
  // It is only ended here; conmon's exit command starts it again, outside of the unit that runs this check.
  await endProcess(context, context.containers().resolve(id));
}
