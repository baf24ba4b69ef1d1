import { checkpointFlags } from "../../checkpoint/flags.ts";
import { defineCommand } from "../../kit/types.ts";
import { checkTargets } from "../../targets.ts";

export const checkpointCommand = defineCommand({
  paths: ["container checkpoint"],
  summary: "Write running containers to disk, to be restored later",
  description: "Freezes the processes of containers with CRIU, writes them down and ends them. podman container restore lets them go on where they were.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: checkpointFlags,
  examples: ["podman container checkpoint --keep ctrID", "podman container checkpoint --all", "podman container checkpoint --leave-running ctrID"],
  run: async (context, args, flags) => {
    const { checkFlags, checkpointEach } = await import("../../checkpoint/checkpoint.ts");
    checkFlags(context, flags);
    const { containerTargets } = await import("../../targets.ts");
    return checkpointEach(context, await containerTargets(context, args, flags, ["running"]), flags);
  },
});
