import { infraFlags } from "../../create/flags-pod.ts";
import { defineCommand } from "../../kit/types.ts";

const { replace: _replace, ...changes } = infraFlags;

export const podClone = defineCommand({
  paths: ["pod clone"],
  summary: "Clone an existing pod",
  description: "Makes a pod with the settings and the containers of another one: POD, then the clone's NAME (POD-clone otherwise). Flags change what the clone's infra container holds.",
  usage: "[options] POD NAME",
  args: { min: 1, max: 2, completion: "pod" },
  flags: {
    ...changes,
    destroy: { kind: "bool", name: "destroy", default: false, doc: "Remove the original, whether it runs or not" },
    name: { kind: "string", name: "name", short: "n", doc: "Name of the clone", completion: "none" },
    start: { kind: "bool", name: "start", default: false, doc: "Start the clone" },
  },
  where: "local",
  examples: ["podman pod clone pod_name new_name"],
  run: async (context, args, flags) => (await import("../../create/clone-pod.ts")).clonePod(context, args, flags),
});
