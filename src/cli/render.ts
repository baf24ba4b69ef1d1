/** Output of lists and reports: `--format json`, Go templates, tables. */
import type { CommandContext } from "./kit/types.ts";
import { EngineError } from "../base/errors.ts";

/** Writes one report by `format`: `json`, or a Go template over it. `name` is the template's name in error messages. */
export async function renderFormat(context: CommandContext, name: string, format: string, report: unknown): Promise<void> {
  if (format === "json") { await context.out.write(`${JSON.stringify(report)}\n`); return; }
  throw new EngineError("not-implemented", `template ${name}: formats other than json are to come`);
}
