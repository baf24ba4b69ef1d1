import { createFlags } from "../../create/index.ts";
import { defineCommand } from "../../kit/types.ts";

export const createCommand = defineCommand({
  paths: ["create", "container create"],
  summary: "Make a container without starting it",
  description: "Makes a container from an image, or from a root file system with --rootfs, and prints its ID. `podman start` starts it.",
  usage: "[options] IMAGE [COMMAND [ARG...]]",
  args: { min: 1, completion: "image" },
  flags: {
    ...createFlags,
    initCtr: { kind: "string", name: "init-ctr", doc: "Run this init container of the pod always or once", completion: ["always", "once"] },
  },
  interspersed: false,
  examples: ["podman create alpine ls", "podman create --annotation HELLO=WORLD alpine ls", "podman create -t -i --name myctr alpine ls"],
  run: async (context, args, flags) => {
    const { createContainer } = await import("../../create/create-container.ts");
    const { initContainerType } = await import("../../create/init-container.ts");
    const id = await createContainer(context, args, flags, initContainerType(flags.initCtr, flags.pod));
    if (flags.logDriver?.startsWith("passthrough") !== true) await context.out.write(`${id}\n`);
  },
});
