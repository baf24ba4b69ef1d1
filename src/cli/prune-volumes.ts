/** `podman volume prune`. */
import { confirmed } from "./confirm.ts";
import { usage } from "./flag-values.ts";
import type { CommandContext } from "./kit/types.ts";
import { printPruned } from "./print-pruned.ts";
import { parseFilters } from "./targets.ts";

interface PruneFlags { readonly all: boolean; readonly dryRun: boolean; readonly filter: readonly string[] | undefined; readonly force: boolean }

export async function pruneVolumes(context: CommandContext, flags: PruneFlags): Promise<number> {
  const { all: given, ...others } = parseFilters(flags.filter ?? []);
  const isAllByFilter = given?.[0]?.toLowerCase() === "true";
  if (flags.all && isAllByFilter) throw usage("--all and --filter all cannot be used together");
  if (flags.force && flags.dryRun) throw usage("--force and --dry-run cannot be used together");
  const isAll = flags.all || isAllByFilter;
  // Asked one by one, only what nobody named is offered; a filter that was given with --force means named ones too.
  const isNarrow = !isAll && !flags.force && !flags.dryRun;
  const filters = { ...others, ...(isAll ? { all: ["true"] } : given === undefined ? {} : { all: given }), ...(isNarrow ? { anonymous: ["true"] } : {}) };
  const engine = await context.engine();
  if (!flags.force && !flags.dryRun && !await isWanted(context, isAll, (await engine.volume.prune({ filters, dryRun: true })).map(({ Id }) => Id))) return 0;
  const reports = await engine.volume.prune({ filters, ...(flags.dryRun && { dryRun: true }) });
  if (flags.dryRun) await context.out.write("Volumes that would be pruned:\n");
  return printPruned(context, reports);
}

/** Shows what would go, and asks. */
async function isWanted(context: CommandContext, isAll: boolean, names: readonly string[]): Promise<boolean> {
  const warning = `WARNING! This will remove ${isAll ? "all" : "anonymous local"} volumes not used by at least one container. The following volumes will be removed:`;
  if (names.length > 0) return confirmed(context, [warning, ...names].join("\n"));
  await context.out.write(`${warning}\nNo dangling ${isAll ? "" : "anonymous "}volumes found\n`);
  return false;
}
