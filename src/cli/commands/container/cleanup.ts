import { defineCommand } from "../../kit/types.ts";
import { usageError } from "../../kit/usage-error.ts";
import { latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const cleanupCommand = defineCommand({
  paths: ["container cleanup"],
  summary: "Free the network and the mounts of containers that have ended",
  description: "Frees what a container that has ended still holds. conmon runs this by itself; it may be run again at any time.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Clean up every container" },
    exec: { kind: "string", name: "exec", doc: "Clean up this exec session instead of the container" },
    ...latestFlag,
    rm: { kind: "bool", name: "rm", default: false, doc: "Remove the container afterwards" },
    rmi: { kind: "bool", name: "rmi", default: false, doc: "Remove the image afterwards" },
    stoppedOnly: { kind: "bool", name: "stopped-only", default: false, doc: "Leave containers alone that run" },
  },
  where: "local",
  examples: ["podman container cleanup --latest", "podman container cleanup ctrID1 ctrID2 ctrID3", "podman container cleanup --all"],
  run: async (context, args, flags) => {
    if (flags.exec !== undefined && (flags.all || flags.rmi)) throw usageError(`${flags.all ? "--all and --exec" : "--exec and --rmi"} cannot be set together`);
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await containerTargets(context, args, flags), async (ref) => {
      await engine.container.cleanup({ ref, remove: flags.rm, removeImage: flags.rmi, stoppedOnly: flags.stoppedOnly, ...(flags.exec !== undefined && { exec: flags.exec }) });
      return ref;
    });
  },
});
