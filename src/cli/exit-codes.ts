/** Exit statuses of errors, as podman(1) lists them. */
import { isEngineError, messageOf } from "../base/errors.ts";

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

/** `run` made the container and could not start it: Podman's status is then 127 for whatever was not found, else 126. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  constructor(cause: unknown) { super(messageOf(cause), { cause }); }
}

/** An attached `exec` that failed after its container was found: Podman's status is -1, unless the command cannot run. */
export class ExecFailure extends Error {
  override readonly name = "ExecFailure";
  constructor(cause: unknown) { super(messageOf(cause), { cause }); }
}
const execFailure = 255;

export function exitStatusOf(error: unknown): number {
  if (error instanceof StartFailure) return isEngineError(error.cause, "not-found") || isEngineError(error.cause, "command-not-found") ? notFound : notExecutable;
  if (error instanceof ExecFailure) return execFailure;
  if (error instanceof DOMException && error.name === "AbortError") return interrupted;
  if (isEngineError(error, "configuration")) return configurationFailure;
  return engineFailure;
}
