import { defineCommand } from "../../kit/types.ts";

export const listConnectionsCommand = defineCommand({
  paths: ["system connection list"],
  aliases: ["system connection ls"],
  summary: "List the addresses of Podman services",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show names only" },
  },
  examples: ["podman system connection list", "podman system connection ls --format=json"],
  run: async (context, _args, flags) => {
    const { connectionsOf } = await import("../../list/connections.ts");
    const { renderList } = await import("../../render.ts");
    const rows = connectionsOf(context);
    if (flags.quiet) { for (const { Name } of rows) await context.out.write(`${Name}\n`); return; }
    await renderList(context, rows, {
      name: "list", format: flags.format === "" ? undefined : flags.format, headers: { URI: "URI", ReadWrite: "ReadWrite", Default: "Default", Name: "Name", Identity: "Identity" },
      columns: [{ header: "Name", cell: (row) => row.Name }, { header: "URI", cell: (row) => row.URI }, { header: "Identity", cell: (row) => row.Identity },
        { header: "Default", cell: (row) => String(row.Default) }, { header: "ReadWrite", cell: (row) => String(row.ReadWrite) }],
    });
  },
});
