import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, latestFlag, timeFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const rmCommand = defineCommand({
  paths: ["rm", "container rm"],
  summary: "Remove containers",
  description: "Removes containers. One that runs is removed only with --force.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Remove every container" },
    ...cidfileFlag,
    depend: { kind: "bool", name: "depend", default: false, doc: "Remove those that depend on the container too" },
    filter: { kind: "strings", name: "filter", doc: "Remove the containers that match (name=value)" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Stop and remove one that runs or is damaged" },
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A container that does not exist is no error" },
    ...latestFlag, ...timeFlag,
    volumes: { kind: "bool", name: "volumes", short: "v", default: false, doc: "Remove the container's anonymous volumes" },
  },
  examples: ["podman rm ctrID", "podman rm mywebserver myflaskserver 860a4b23", "podman rm --force --all"],
  run: async (context, args, flags) => (await import("../../remove-containers.ts")).removeContainers(context, args, flags),
});
