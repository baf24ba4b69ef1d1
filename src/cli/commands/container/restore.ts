import { checkRestored, restoreFlags } from "../../checkpoint/flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const restoreCommand = defineCommand({
  paths: ["container restore"],
  summary: "Let checkpointed containers go on",
  description: "Restores containers from their checkpoints, or new ones from archives and checkpoint images.",
  usage: "[options] CONTAINER|IMAGE [CONTAINER|IMAGE...]",
  args: { min: 0, check: checkRestored, completion: "container" },
  flags: restoreFlags,
  examples: ["podman container restore ctrID", "podman container restore imageID", "podman container restore --all"],
  run: async (context, args, flags) => {
    const { restoreEach } = await import("../../checkpoint/restore.ts");
    return restoreEach(context, args.map((arg) => arg.replace(/^\//, "")), flags);
  },
});
