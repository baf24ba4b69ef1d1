import { defineCommand } from "../../kit/types.ts";
import { latestPodFlag } from "../../pod-targets.ts";

export const podStats = defineCommand({
  paths: ["pod stats"],
  summary: "Display a live stream of resource usage statistics for the containers in one or more pods",
  description: "Shows what the containers of pods use of processors, memory, networks and disks, every second. Without names: of all pods.",
  usage: "[options] [POD...]",
  args: { min: 0, completion: "pod", check: (args, flags) =>
    ([flags["all"] === true, flags["latest"] === true, args.length > 0].filter(Boolean).length > 1 ? "--all, --latest and arguments cannot be used together" : undefined) },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Show all pods" },
    format: { kind: "string", name: "format", doc: "`json` or a Go template" },
    ...latestPodFlag,
    noReset: { kind: "bool", name: "no-reset", default: false, doc: "Do not clear the screen between reports" },
    noStream: { kind: "bool", name: "no-stream", default: false, doc: "Report once" },
  },
  examples: ["podman pod stats", "podman pod stats a69b23034235 named-pod", "podman pod stats --all"],
  run: async (context, args, flags) => (await import("../../list/pod-stats.ts")).showPodStats(context, args, flags),
});
