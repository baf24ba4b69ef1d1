import { list as operation } from "../../../contract/network/list.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkLs = defineCommand({
  paths: ["network ls"],
  aliases: ["network list"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  examples: ["podman network list"],
  flags: {
    format: { name: "format", kind: "string", doc: "`json` or a Go template" },
    quiet: { name: "quiet", short: "q", kind: "bool", default: false, doc: "display only names" },
    noTrunc: { name: "no-trunc", kind: "bool", default: false, doc: "Show whole IDs" },
    filter: { name: "filter", short: "f", kind: "strings", field: operation.input.filters },
    noheading: { name: "noheading", short: "n", kind: "bool", default: false, doc: "Leave out the headings" },
  },
  run: async (context, _args, { format, quiet, noTrunc, filter, noheading }) => {
    const { parseFilters } = await import("../../targets.ts");
    const networks = await (await context.engine()).network.list({ filters: parseFilters(filter ?? []) });
    if (quiet) { await context.out.write(networks.map(({ name }) => `${name}\n`).join("")); return; }
    const { renderList } = await import("../../render.ts");
    const { networkRow } = await import("../../network-row.ts");
    await renderList(context, networks.map((network) => networkRow(network, noTrunc)), {
      name: "ls", format, noHeading: noheading, headers: { Name: "name", Driver: "driver", Labels: "labels", ID: "network id" },
      columns: [{ header: "NETWORK ID", cell: (row) => row.ID }, { header: "NAME", cell: (row) => row.Name }, { header: "DRIVER", cell: (row) => row.Driver }],
      json: () => networks, jsonIndent: 2,
    });
  },
});
