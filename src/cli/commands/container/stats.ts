import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const statsCommand = defineCommand({
  paths: ["stats", "container stats"],
  summary: "Display a live stream of container resource usage statistics",
  description: "Shows what containers use of processors, memory, networks and disks, and how many processes they have. Without names: of all that run.",
  usage: "[options] [CONTAINER...]",
  args: { min: 0, completion: "container", check: (args, flags) =>
    [flags["all"] === true, flags["latest"] === true, args.length > 0].filter(Boolean).length > 1 ? "--all, --latest and containers cannot be used together" : undefined },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Show those that do not run too" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    interval: { kind: "int", name: "interval", short: "i", default: 5, doc: "Time in seconds between stats reports" },
    ...latestFlag,
    noReset: { kind: "bool", name: "no-reset", default: false, doc: "Do not clear the screen between reports" },
    noStream: { kind: "bool", name: "no-stream", default: false, doc: "Report once" },
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Do not shorten IDs" },
  },
  examples: ["podman stats --all --no-stream", "podman stats ctrID", "podman stats --no-stream --format \"table {{.ID}} {{.Name}} {{.MemUsage}}\" ctrID"],
  run: async (context, args, flags) => (await import("../../list/stats.ts")).showStats(context, args, flags),
});
