import { defineCommand } from "../../kit/types.ts";

export const pruneCommand = defineCommand({
  paths: ["container prune"],
  summary: "Remove every container that does not run",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    filter: { kind: "strings", name: "filter", doc: "Only those that match (label=key=value, until=time)" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" },
  },
  examples: ["podman container prune", "podman container prune --force"],
  run: async (context, _args, flags) => {
    const { parseFilters } = await import("../../targets.ts");
    const { confirmed } = await import("../../confirm.ts");
    const { printPruned } = await import("../../print-pruned.ts");
    const filters = parseFilters(flags.filter ?? []);
    if (!flags.force && !await confirmed(context, "WARNING! This will remove all non running containers.")) return 0;
    const engine = await context.engine();
    return printPruned(context, await engine.container.prune({ filters }));
  },
});
