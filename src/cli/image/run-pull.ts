/** Pulling for commands: `pull` itself, and `run` and `create` first. */
import type { CommandContext } from "../kit/types.ts";
import { progressPrinter } from "./progress.ts";
import { platformInput, registryInput, type PlatformValues, type RegistryValues } from "./registry-flags.ts";

export interface PullValues extends RegistryValues, PlatformValues { readonly quiet?: boolean | undefined; readonly allTags?: boolean | undefined; readonly decryptionKey?: readonly string[] | undefined; readonly signaturePolicy?: string | undefined }

/** Pulls one name; progress goes to standard error. Returns the ids. @throws every error of the pull */
export async function runPull(context: CommandContext, ref: string, values: PullValues, policy: string): Promise<readonly string[]> {
  const engine = await context.engine();
  const quiet = values.quiet === true;
  const printer = progressPrinter(context.err, quiet);
  const input = {
    ref, policy, ...await registryInput(context, values), ...platformInput(values), ...(quiet ? { quiet } : {}), ...(values.allTags === true ? { allTags: true } : {}),
    ...((values.decryptionKey ?? []).length === 0 ? {} : { decryptionKeys: values.decryptionKey ?? [] }),
    ...(values.signaturePolicy === undefined || values.signaturePolicy === "" ? {} : { signaturePolicy: values.signaturePolicy }),
  };
  let ids: readonly string[] = [];
  try {
    for await (const item of engine.image.pull(input, { signal: context.signal })) {
      if (item.images !== undefined) ids = item.images;
      else printer.item(item);
    }
  } finally { await printer.finish(); }
  return ids;
}
