/** The pull that `run` and `create` do first. */
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

/** An archive or folder that holds the image: pulled whatever the policy, and then known by id. */
export function isLocation(image: string): boolean { return /^(?:docker-archive|oci-archive|oci|dir|docker-daemon):/.test(image); }

/** Pulls with the flags' credentials and platform; progress goes to the terminal's error output unless --quiet. Returns the ids. */
export async function pullImage(context: CommandContext, image: string, flags: CreateFlags, policy: PullPolicy): Promise<readonly string[]> {
  const { runPull } = await import("../image/run-pull.ts");
  return runPull(context, image, flags, policy);
}
