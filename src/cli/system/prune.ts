/** `podman system prune`. */
import type { SystemPruneReport } from "../../contract/system/prune.ts";
import { humanSize } from "../../formats/go/human.ts";
import { confirmed } from "../confirm.ts";
import type { CommandContext } from "../kit/types.ts";
import { printPruned, type Pruned } from "../print-pruned.ts";
import { parseFilters } from "../targets.ts";

interface Flags { readonly all: boolean; readonly build: boolean; readonly external: boolean; readonly filter: readonly string[]; readonly force: boolean; readonly volumes: boolean }

/** 125 when something that should go has stayed. */
export async function pruneSystem(context: CommandContext, flags: Flags): Promise<number> {
  if (!flags.force && !flags.external && !await confirmed(context, warning(flags))) return 0;
  const { all, build, external, volumes } = flags;
  const report = await (await context.engine()).system.prune({ all, build, external, volumes, filters: parseFilters(flags.filter) });
  const status = await print(context, report);
  if (!external) await context.out.write(`Total reclaimed space: ${humanSize(report.ReclaimedSpace)}\n`);
  return status;
}

function warning({ all, build, volumes }: Flags): string {
  const lines = [
    "all stopped containers", "all networks not used by at least one container",
    ...(volumes ? ["all volumes not used by at least one container"] : []), ...(build ? ["all build containers"] : []),
    ...(all ? ["all images without at least one container associated with them", "all build cache"] : ["all dangling images", "all dangling build cache"]),
  ];
  return ["WARNING! This command removes:", ...lines.map((line) => `\t- ${line}`), ""].join("\n");
}

async function print(context: CommandContext, report: SystemPruneReport): Promise<number> {
  const networks = report.NetworkPruneReports?.map(({ Name, Error: Err }) => ({ Id: Name, Err })) ?? null;
  const parts: readonly (readonly [string, readonly Pruned[] | null])[] = [
    ["Containers", report.ContainerPruneReports], ["Pods", report.PodPruneReport], ["Volumes", report.VolumePruneReports], ["Images", report.ImagePruneReports], ["Networks", networks],
  ];
  let status = 0;
  for (const [name, reports] of parts) {
    if (reports === null || reports.length === 0) continue;
    await context.out.write(`Deleted ${name}\n`);
    status = Math.max(status, await printPruned(context, reports));
  }
  return status;
}
