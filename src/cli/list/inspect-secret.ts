import { isEngineError, messageOf } from "../../base/errors.ts";
import type { InspectSecretReport } from "../../contract/secret/table.ts";
import { goType } from "../../formats/gotemplate/values.ts";
import type { CommandContext } from "../kit/types.ts";
import { renderFormat, renderJson } from "../render.ts";

interface Flags { readonly format: string | undefined; readonly pretty: boolean; readonly showsecret: boolean }

/** Prints those that were found, then reports the rest; 125 when one is missing. */
export async function inspectSecrets(context: CommandContext, refs: readonly string[], flags: Flags): Promise<number> {
  const engine = await context.engine();
  const found: InspectSecretReport[] = [];
  const missing: unknown[] = [];
  for (const ref of refs) {
    try { found.push(await engine.secret.inspect({ ref, ...(flags.showsecret && { showSecret: true }) })); } catch (error) {
      if (!isEngineError(error, "not-found")) throw error;
      missing.push(error);
    }
  }
  if (flags.pretty) for (const secret of found) await context.out.write(pretty(secret));
  else if (flags.format !== undefined && flags.format !== "") for (const secret of found) await renderFormat(context, "inspect", flags.format, { ...secret, SecretData: secret.SecretData ?? "", [goType]: "*types.SecretInfoReport" });
  else await renderJson(context, found, 4);
  for (const error of missing.slice(1)) await context.err.write(`error inspecting secret: ${messageOf(error)}\n`);
  if (missing.length === 0) return 0;
  await context.err.write(`Error: inspecting secret: ${messageOf(missing[0])}\n`);
  return 125;
}

function pretty({ ID, Spec, CreatedAt, UpdatedAt }: InspectSecretReport): string {
  const labels = Object.entries(Spec.Labels).map(([key, value]) => ` - ${key}${value === "" ? "" : `=${value}`}\n`);
  const lines: readonly (readonly [string, string])[] = [["ID:", ID], ["Name:", Spec.Name], ["Driver:", Spec.Driver.Name], ["Created at:", CreatedAt], ["Updated at:", UpdatedAt]];
  const text = lines.map(([key, value]) => `${key.padEnd(16)} ${value}\n`);
  return [...text.slice(0, 2), ...(labels.length === 0 ? [] : ["Labels:\n", ...labels]), ...text.slice(2)].join("");
}
