/** Podman's sentences about the state of a container; scripts and tests depend on them. */
import { EngineError } from "../base/errors.ts";

/** Ends with Podman's `container state improper`. */
export function stateImproper(message: string, reason: "container-state" | "container-running" | "container-not-running" | "container-paused" = "container-state"): EngineError {
  return new EngineError("conflict", `${message}: container state improper`, { reason });
}

export function invalidArgument(message: string): EngineError {
  return new EngineError("invalid-argument", `${message}: invalid argument`);
}
