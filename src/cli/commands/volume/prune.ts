import { defineCommand } from "../../kit/types.ts";

export const pruneCommand = defineCommand({
  paths: ["volume prune"],
  summary: "Remove unused volumes",
  description: "Removes anonymous volumes that no container uses; with --all or a filter those with a name too. Asks first, unless --force is given.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Remove unused volumes that have a name too" },
    dryRun: { kind: "bool", name: "dry-run", default: false, doc: "Show what would be removed, and remove nothing" },
    filter: { kind: "strings", name: "filter", doc: "Only those that match (label=key=value, until=time)" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" },
  },
  examples: ["podman volume prune", "podman volume prune --all --force"],
  run: async (context, _args, flags) => (await import("../../prune-volumes.ts")).pruneVolumes(context, flags),
});
