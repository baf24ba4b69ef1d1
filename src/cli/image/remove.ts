/** `podman rmi` and `podman manifest rm`: what was done on standard output, failures on standard error. */
import type { InputOf } from "../../contract/kit.ts";
import type { remove as operation } from "../../contract/image/remove.ts";
import type { CommandContext } from "../kit/types.ts";

/** Returns the exit status. */
export async function removeImages(context: CommandContext, input: InputOf<typeof operation.input>): Promise<number> {
  const report = await (await context.engine()).image.remove(input);
  const lines = [...(report.Untagged ?? []).map((name) => `Untagged: ${name}\n`), ...(report.Deleted ?? []).map((id) => `Deleted: ${id}\n`)];
  await context.out.write(lines.join(""));
  const errors = report.Errors ?? [];
  if (errors.length === 1) await context.err.write(`Error: ${errors[0] ?? ""}\n`);
  if (errors.length > 1) await context.err.write(`Error: ${errors.length} errors occurred:\n${errors.map((error) => `\t* ${error}\n`).join("")}`);
  return report.ExitCode;
}
