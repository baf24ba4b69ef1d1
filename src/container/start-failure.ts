import { EngineError, messageOf } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";

/** Keeps what went wrong with a start in the container's state. Only with the lock held. */
export function recordFailure(context: EngineContext, id: string, error: unknown): void {
  const exitCode = exitCodeOf(error);
  context.state().exitCodes.set(id, exitCode);
  context.containers().setState(id, { error: messageOf(error), exitCode });
}

/** 125: the engine failed; 126 and 127 tell a bad command from it. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof EngineError)) return 125;
  if (error.reason === "command-not-found") return 127;
  return error.reason === "command-not-executable" ? 126 : 125;
}
