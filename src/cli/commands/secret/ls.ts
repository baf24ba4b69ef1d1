import { defineCommand } from "../../kit/types.ts";

export const listSecretsCommand = defineCommand({
  paths: ["secret ls"],
  aliases: ["secret list"],
  summary: "List secrets",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    filter: { kind: "strings", name: "filter", short: "f", doc: "Only those that match (name=value)" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Leave out the headings" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show IDs only" },
  },
  examples: ["podman secret ls", "podman secret ls --format \"{{.Name}}\""],
  run: async (context, _args, flags) => {
    const { renderList } = await import("../../render.ts");
    const { parseFilters } = await import("../../targets.ts");
    const { humanDuration } = await import("../../../formats/go/human.ts");
    const engine = await context.engine();
    const filters = parseFilters(flags.filter ?? []);
    const secrets = await engine.secret.list(Object.keys(filters).length > 0 ? { filters } : {});
    if (flags.quiet && !context.changed("format")) {
      for (const { ID } of secrets) await context.out.write(`${ID}\n`);
      return;
    }
    const ago = (time: string): string => `${humanDuration(Date.now() - Date.parse(time))} ago`;
    const rows = secrets.map(({ ID, Spec, CreatedAt, UpdatedAt }) => ({ ID, Name: Spec.Name, Driver: Spec.Driver.Name, CreatedAt: ago(CreatedAt), UpdatedAt: ago(UpdatedAt) }));
    await renderList(context, rows, {
      name: "ls", format: flags.format, noHeading: flags.noheading, headers: { CreatedAt: "CREATED", UpdatedAt: "UPDATED" },
      columns: [
        { header: "ID", cell: ({ ID }) => ID }, { header: "NAME", cell: ({ Name }) => Name }, { header: "DRIVER", cell: ({ Driver }) => Driver },
        { header: "CREATED", cell: ({ CreatedAt }) => CreatedAt }, { header: "UPDATED", cell: ({ UpdatedAt }) => UpdatedAt },
      ],
    });
  },
});
