import { inspectTargets } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const inspectContainerCommand = defineCommand({
  paths: ["container inspect"],
  summary: "Show everything about containers",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, completion: "container", check: inspectTargets },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" },
    ...latestFlag,
    size: { kind: "bool", name: "size", short: "s", default: false, doc: "Show the sizes too" },
  },
  examples: ["podman container inspect myCtr", "podman container inspect -l --format '{{.Id}} {{.Config.Labels}}'"],
  run: async (context, args, flags) => (await import("../../list/inspect.ts")).inspectObjects(context, args, { ...flags, type: "container" }),
});
