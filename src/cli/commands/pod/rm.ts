import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag, podIdFileFlag } from "../../pod-targets.ts";
import { timeFlag } from "../../target-flags.ts";

export const podRm = defineCommand({
  paths: ["pod rm"],
  summary: "Remove pods",
  description: "Removes pods with their containers. A pod in which something runs is removed only with --force.",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: {
    ...allPodsFlag("Remove every pod"),
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Stop and remove containers that run" },
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A pod that does not exist is no error" },
    ...latestPodFlag, ...podIdFileFlag, ...timeFlag,
  },
  examples: ["podman pod rm mywebserverpod", "podman pod rm -f 860a4b23", "podman pod rm -f -a"],
  run: async (context, args, flags) => (await import("../../remove-pods.ts")).removePods(context, args, flags),
});
