/** Exit statuses of errors, as podman(1) lists them. */
import { isEngineError } from "../base/errors.ts";

/** The engine itself failed, or the command line was wrong. */
export const engineFailure = 125;
/** A configuration file is wrong. */
export const configurationFailure = 1;
/** The container's command exists but cannot be executed. */
export const notExecutable = 126;
/** The container's command does not exist. */
export const notFound = 127;

/** A signal asked us to stop and nothing else decided the status. */
const interrupted = 1;

export function exitStatusOf(error: unknown): number {
  if (error instanceof DOMException && error.name === "AbortError") return interrupted;
  if (isEngineError(error, "command-not-executable")) return notExecutable;
  if (isEngineError(error, "command-not-found")) return notFound;
  if (isEngineError(error, "configuration")) return configurationFailure;
  return engineFailure;
}
