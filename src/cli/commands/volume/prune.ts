import { defineCommand } from "../../kit/types.ts";

export const pruneCommand = defineCommand({
  paths: ["volume prune"],
  summary: "Remove every volume that no container uses",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    filter: { kind: "strings", name: "filter", doc: "Only those that match (label=key=value, until=time)" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" },
  },
  examples: ["podman volume prune", "podman volume prune --force"],
  run: async (context, _args, flags) => {
    const { parseFilters } = await import("../../targets.ts");
    const { confirmed } = await import("../../confirm.ts");
    const { printPruned } = await import("../../print-pruned.ts");
    const engine = await context.engine();
    const filters = parseFilters(flags.filter ?? []);
    if (!flags.force) {
      const unused = await engine.volume.list({ filters: { ...filters, dangling: ["true"] } });
      const warning = "WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:";
      if (unused.length === 0) { await context.out.write(`${warning}\nNo dangling volumes found\n`); return 0; }
      if (!await confirmed(context, [warning, ...unused.map(({ Name }) => Name)].join("\n"))) return 0;
    }
    return printPruned(context, await engine.volume.prune({ filters }));
  },
});
