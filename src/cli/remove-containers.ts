/** `podman rm`. Exit statuses of its own: 1 when a container does not exist, 2 when one runs or is paused. */
import { isEngineError, messageOf } from "../base/errors.ts";
import { usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { containerTargets, forEachTarget, isMissing } from "./targets.ts";

interface RemoveFlags {
  readonly all: boolean; readonly cidfile: readonly string[] | undefined; readonly depend: boolean; readonly filter: readonly string[] | undefined;
  readonly force: boolean; readonly ignore: boolean; readonly latest: boolean; readonly time: number; readonly volumes: boolean;
}

export async function removeContainers(context: CommandContext, args: readonly string[], flags: RemoveFlags): Promise<number> {
  if (context.changed("time") && !flags.force) throw usage("--force option must be specified to use the --time option");
  const engine = await context.engine();
  const targets = await containerTargets(context, args, flags);
  const isPlural = flags.all || (flags.filter?.length ?? 0) > 0;
  const isIgnored = flags.ignore || flags.force || isPlural;
  const done = new Set<string>();
  let status = 0;
  const remove = async (ref: string): Promise<string | void> => {
    if (done.has(ref)) return undefined;
    try {
      const reports = await engine.container.remove({ ref, force: flags.force, volumes: flags.volumes, depend: flags.depend || flags.all, ...(context.changed("time") && { timeout: flags.time }) });
      for (const { Id } of reports) done.add(Id);
      // By name: what was typed. By --all: every id, those that went along too.
      const others = reports.slice(0, -1).map(({ Id }) => Id);
      return isPlural ? reports.map(({ Id }) => Id).join("\n") : [...others, ref].join("\n");
    } catch (error) {
      if (isIgnored && isMissing(error)) return undefined;
      status ||= statusOf(error);
      throw error;
    }
  };
  try { return await forEachTarget(context, targets, remove, { parallel: flags.depend || flags.all ? 1 : 8 }); } catch (error) {
    if (status === 0) throw error;
    await context.err.write(`Error: ${messageOf(error)}\n`);
    return status;
  }
}

function statusOf(error: unknown): number {
  if (isMissing(error)) return 1;
  return isEngineError(error, "container-running") || isEngineError(error, "container-paused") || isEngineError(error, "container-state") ? 2 : 0;
}
