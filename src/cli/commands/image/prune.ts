import { prune as operation } from "../../../contract/image/prune.ts";
import { defineCommand } from "../../kit/types.ts";

export const imagePruneCommand = defineCommand({
  paths: ["image prune"],
  summary: operation.summary,
  description: "Removes images without name and container; with --all those with a name too.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    buildCache: { kind: "bool", name: "build-cache", default: false, field: operation.input.buildCache },
    external: { kind: "bool", name: "external", default: false, field: operation.input.external },
    filter: { kind: "strings", name: "filter", default: [], field: operation.input.filters },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask first" },
  },
  examples: ["podman image prune"],
  run: async (context, _args, { all, buildCache, external, filter, force }) => {
    const { imageFilters } = await import("../../image/filters.ts");
    const filters = imageFilters(filter);
    if (!force) {
      const what = all ? "all images without at least one container associated to them" : "all dangling images";
      const chosen = filter.length === 0 ? "" : ` matching the following filters: ${filter.join(", ")}`;
      if (!await (await import("../../confirm.ts")).confirmed(context, `WARNING! This command removes ${what}${chosen}.`)) return 0;
    }
    const reports = await (await context.engine()).image.prune({ all, buildCache, external, ...(filter.length === 0 ? {} : { filters }) });
    return (await import("../../print-pruned.ts")).printPruned(context, reports);
  },
});
