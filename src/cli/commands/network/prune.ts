import { prune as operation } from "../../../contract/network/prune.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkPrune = defineCommand({
  paths: ["network prune"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  examples: ["podman network prune"],
  flags: {
    force: { name: "force", short: "f", kind: "bool", default: false, doc: "Do not ask" },
    filter: { name: "filter", kind: "strings", field: operation.input.filters },
  },
  run: async (context, _args, { force, filter }) => {
    const { parseFilters } = await import("../../targets.ts");
    const { confirmed } = await import("../../confirm.ts");
    if (!force && !await confirmed(context, "WARNING! This will remove all networks not used by at least one container.")) return 0;
    const reports = await (await context.engine()).network.prune({ filters: parseFilters(filter ?? []) });
    let status = 0;
    for (const { Name, Error: problem } of reports) {
      if (problem === null) await context.out.write(`${Name}\n`);
      else { status = 125; await context.err.write(`Error: ${problem}\n`); }
    }
    return status;
  },
});
