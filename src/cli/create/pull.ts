/** The pull that `run` and `create` do first. */
import { EngineError } from "../../base/errors.ts";
import { usage, type CreateFlags } from "./index.ts";
import type { CommandContext } from "../kit/types.ts";

export type PullPolicy = "always" | "missing" | "never" | "newer";

/** `true` and `false` are older words for always and missing; an empty one is missing. */
export function pullPolicy(text: string): PullPolicy {
  const lower = text.toLowerCase();
  if (lower === "always" || lower === "true" || lower === "1") return "always";
  if (lower === "missing" || lower === "ifnotpresent" || lower === "false" || lower === "0" || lower === "") return "missing";
  if (lower === "never" || lower === "newer") return lower;
  if (lower === "ifnewer") return "newer";
  throw usage(`unsupported pull policy "${text}"`);
}

/** Pulls with the flags' credentials and platform; progress goes to the terminal's error output unless --quiet. */
export async function pullImage(_context: CommandContext, image: string, _flags: CreateFlags, _policy: PullPolicy): Promise<void> {
  throw new EngineError("not-implemented", `pull ${image}: pulling is not available in this build`);
}
