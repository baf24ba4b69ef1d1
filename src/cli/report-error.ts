import { BugError, EngineError, isEngineError, messageOf } from "../base/errors.ts";
import { ExecFailure, StartFailure } from "./exit-codes.ts";
import type { Writer } from "./kit/types.ts";

/** Prints an error as Podman does, with its hint on a line of its own. A defect of ours says so. */
export async function printError(err: Writer, thrown: unknown): Promise<void> {
  const error = thrown instanceof StartFailure || thrown instanceof ExecFailure ? thrown.cause : thrown;
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!isEngineError(error) && (error instanceof BugError || error instanceof TypeError || error instanceof ReferenceError)) {
    await err.write(`Error: ${messageOf(error)}\nThis is a defect of podman-ts; please report it with these lines:\n${error.stack ?? ""}\n`);
    return;
  }
  const hint = error instanceof EngineError && error.hint !== undefined ? `\n${error.hint}` : "";
  // Podman reads its configuration before it knows the command, and says so in words of its own.
  const prefix = isEngineError(error, "configuration") ? "Failed to obtain podman configuration" : "Error";
  await err.write(`${prefix}: ${sentenceOf(error)}${hint}\n`);
}

/** Of a runtime's error Podman tells the kind first, of others last. */
function sentenceOf(error: unknown): string {
  const message = messageOf(error);
  const suffix = ": OCI runtime error";
  return isEngineError(error, "runtime-failed") && message.endsWith(suffix) ? `OCI runtime error: ${message.slice(0, -suffix.length)}` : message;
}
