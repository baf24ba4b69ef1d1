import { defineCommand } from "../../kit/types.ts";

export const listVolumesCommand = defineCommand({
  paths: ["volume ls"],
  aliases: ["volume list"],
  summary: "List volumes",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    filter: { kind: "strings", name: "filter", short: "f", doc: "Only those that match (name=value)" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Leave out the headings" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show names only" },
  },
  examples: ["podman volume ls", "podman volume ls --format json", "podman volume ls --format \"{{.Driver}} {{.Scope}}\""],
  run: async (context, _args, flags) => {
    const { renderList } = await import("../../render.ts");
    const { parseFilters } = await import("../../targets.ts");
    const { usage } = await import("../../flag-values.ts");
    if (flags.quiet && context.changed("format")) throw usage("quiet and format flags cannot be used together");
    const engine = await context.engine();
    const filters = parseFilters(flags.filter ?? []);
    const volumes = await engine.volume.list(Object.keys(filters).length > 0 ? { filters } : {});
    if (flags.quiet) {
      for (const { Name } of volumes) await context.out.write(`${Name}\n`);
      return;
    }
    const labels = (all: Readonly<Record<string, string>>): string => Object.entries(all).map(([key, value]) => `${key}=${value}`).join(",");
    await renderList(context, volumes.map((volume) => ({ ...volume, Labels: labels(volume.Labels) })), {
      name: "ls", format: flags.format, noHeading: flags.noheading, json: () => volumes, headers: { Name: "volume name", Driver: "driver", Labels: "labels", Mountpoint: "mountpoint", Scope: "scope", CreatedAt: "created at", Options: "options" },
      columns: [{ header: "DRIVER", cell: ({ Driver }) => Driver }, { header: "VOLUME NAME", cell: ({ Name }) => Name }],
    });
  },
});
