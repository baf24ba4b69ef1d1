import { limitFlags } from "../../create/flags-resources.ts";
import { defineCommand } from "../../kit/types.ts";

const { deviceReadIops: _readIops, deviceWriteIops: _writeIops, pidsLimit: _pidsLimit, ...cloneLimits } = limitFlags;

export const cloneCommand = defineCommand({
  paths: ["container clone"],
  summary: "Clone an existing container",
  description: "Makes a container with the settings of another one: CONTAINER, then the clone's NAME (CONTAINER-clone otherwise), then an IMAGE in place of the original's.",
  usage: "[options] CONTAINER NAME IMAGE",
  args: { min: 1, max: 3, completion: "container" },
  flags: {
    ...cloneLimits,
    destroy: { kind: "bool", name: "destroy", default: false, doc: "Remove the original" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Remove the original even if it runs (with --destroy)" },
    name: { kind: "string", name: "name", doc: "Name of the clone" },
    pod: { kind: "string", name: "pod", doc: "Pod to put the clone into", completion: "pod" },
    run: { kind: "bool", name: "run", default: false, doc: "Start the clone" },
  },
  where: "local",
  examples: ["podman container clone container_name new_name image_name"],
  run: async (context, args, flags) => (await import("../../create/clone-container.ts")).cloneContainer(context, args, flags),
});
