import { EngineError } from "../../base/errors.ts";

/** A mistake on the command line: exit status 125, printed as `Error: <message>` with the hint on a line of its own. */
export function usageError(message: string, hint?: string): EngineError {
  return new EngineError("invalid-argument", message, { reason: "usage", ...(hint === undefined ? {} : { hint }) });
}
