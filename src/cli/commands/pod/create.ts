import { create as operation } from "../../../contract/pod/create.ts";
import { infraFlags, podFlags } from "../../create/flags-pod.ts";
import { defineCommand } from "../../kit/types.ts";

export const podCreate = defineCommand({
  paths: ["pod create"],
  summary: operation.summary,
  description: "Makes a pod without starting it and prints its ID. `podman run --pod` puts containers into it, `podman pod start` starts it.",
  usage: "[options] [NAME]",
  args: { min: 0, max: 1, completion: "none" },
  flags: { ...infraFlags, ...podFlags },
  interspersed: false,
  examples: ["podman pod create", "podman pod create --label foo=bar mypod"],
  run: async (context, args, flags) => {
    const { createPod } = await import("../../create/create-pod.ts");
    await context.out.write(`${await createPod(context, args, flags)}\n`);
  },
});
