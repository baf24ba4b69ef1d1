import { prune as operation } from "../../../contract/system/prune.ts";
import { defineCommand } from "../../kit/types.ts";

export const systemPruneCommand = defineCommand({
  paths: ["system prune"],
  summary: operation.summary,
  description: "Removes containers that do not run, networks that none of them uses, and images without name and container; with --all those with a name too, with --volumes unused volumes.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    build: { kind: "bool", name: "build", default: false, field: operation.input.build },
    external: { kind: "bool", name: "external", default: false, field: operation.input.external },
    filter: { kind: "strings", name: "filter", default: [], field: operation.input.filters },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" },
    volumes: { kind: "bool", name: "volumes", default: false, field: operation.input.volumes },
  },
  examples: ["podman system prune", "podman system prune --all --volumes --force"],
  run: async (context, _args, flags) => (await import("../../system/prune.ts")).pruneSystem(context, flags),
});
