import { inspectTargets } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const inspectCommand = defineCommand({
  paths: ["inspect"],
  summary: "Show everything about an object of any kind",
  description: "Shows containers, images, volumes and networks by name or ID; the first kind that has the name wins, in that order.",
  usage: "[options] {CONTAINER|IMAGE|POD|NETWORK|VOLUME} [...]",
  args: { min: 0, completion: "container", check: inspectTargets },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" },
    ...latestFlag,
    size: { kind: "bool", name: "size", short: "s", default: false, doc: "Show the sizes of containers too" },
    type: { kind: "string", name: "type", short: "t", default: "all", doc: "Look among objects of this kind only", completion: ["all", "container", "image", "network", "volume"] },
  },
  examples: ["podman inspect fedora", "podman inspect --type image fedora", "podman inspect CtrID ImgID"],
  run: async (context, args, flags) => (await import("../../list/inspect.ts")).inspectObjects(context, args, flags),
});
