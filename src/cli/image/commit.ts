/** `podman commit`. */
import { readFile, writeFile } from "node:fs/promises";
import { EngineError, messageOf } from "../../base/errors.ts";
import type { CommandContext } from "../kit/types.ts";
import { progressPrinter } from "./progress.ts";

interface CommitFlags {
  readonly author?: string | undefined; readonly change: readonly string[]; readonly config?: string | undefined; readonly format: string; readonly iidfile?: string | undefined;
  readonly includeVolumes: boolean; readonly message?: string | undefined; readonly pause: boolean; readonly quiet: boolean; readonly squash: boolean;
}

export async function commitContainer(context: CommandContext, [container = "", repo]: readonly string[], flags: CommitFlags): Promise<void> {
  const config = flags.config === undefined || flags.config === "" ? undefined : await configText(flags.config);
  const engine = await context.engine();
  const printer = progressPrinter(context.err, flags.quiet);
  try {
    const { Id } = await engine.container.commit({
      ref: container.replace(/^\//, ""), repo, author: flags.author, comment: flags.message, changes: flags.change, config, format: flags.format,
      includeVolumes: flags.includeVolumes, pause: flags.pause, squash: flags.squash,
    }, { signal: context.signal, onProgress: printer.onProgress });
    await printer.finish();
    if (flags.iidfile !== undefined && flags.iidfile !== "") await writeFile(flags.iidfile, Id, { mode: 0o644 });
    await context.out.write(`${Id}\n`);
  } finally { await printer.finish(); }
}

async function configText(path: string): Promise<string> {
  try { return await readFile(path, "utf8"); } catch (error) { throw new EngineError("invalid-argument", `--config: ${messageOf(error)}`, { cause: error }); }
}
