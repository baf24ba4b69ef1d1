/** The pull that `run` and `create` do first. */
import type { Engine } from "../../contract/index.ts";
import { dropUndefined, usage, type CreateFlags } from "./index.ts";
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

/** Pulls with the flags' credentials and platform; progress goes to the error output unless --quiet. */
export async function pullImage(context: CommandContext, image: string, flags: CreateFlags, policy: PullPolicy): Promise<void> {
  const engine = await context.engine();
  const items = engine.image.pull({ ref: image, policy, quiet: flags.quiet, ...platform(flags), ...access(context, flags) }, { signal: context.signal });
  const { progressView } = await import("../progress.ts");
  const view = progressView(context.err);
  for await (const item of items) if (!flags.quiet) await view.show(item);
  await view.end();
}

type PullInput = Parameters<Engine["image"]["pull"]>[0];

function platform(flags: CreateFlags): Pick<PullInput, "os" | "arch" | "variant"> {
  if (flags.platform === undefined) return dropUndefined({ os: flags.os, arch: flags.arch, variant: flags.variant });
  if (flags.arch !== undefined || flags.os !== undefined) throw usage("--platform option can not be specified with --arch or --os");
  const [os, arch, variant] = flags.platform.split("/");
  return dropUndefined({ os, arch, variant });
}

function access(context: CommandContext, flags: CreateFlags): Partial<PullInput> {
  const [username, ...password] = (flags.creds ?? "").split(":");
  return dropUndefined<Partial<PullInput>>({
    tlsVerify: flags.tlsVerify, authFile: flags.authfile, certDir: flags.certDir, signaturePolicy: flags.signaturePolicy,
    retry: context.changed("retry") ? flags.retry : undefined, retryDelay: flags.retryDelay,
    credentials: username === undefined || username === "" ? undefined : { username, password: password.join(":") },
  });
}
