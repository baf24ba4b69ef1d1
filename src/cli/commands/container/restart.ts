import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, filterFlag, latestFlag, timeFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const restartCommand = defineCommand({
  paths: ["restart", "container restart"],
  summary: "Stop containers and start them again",
  description: "Stops each container if it runs, and starts it.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, completion: "container", check: (args, flags) => flags["running"] === true && args.length === 0 ? undefined : checkTargets(args, flags) },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Restart every container, whatever its state" },
    ...cidfileFlag, ...filterFlag, ...latestFlag,
    running: { kind: "bool", name: "running", default: false, doc: "Restart only those that run" },
    ...timeFlag,
  },
  examples: ["podman restart ctrID", "podman restart --latest", "podman restart ctrID1 ctrID2"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    const targets = await containerTargets(context, args, { ...flags, all: flags.all || (flags.running && args.length === 0) }, flags.running ? ["running"] : undefined);
    return forEachTarget(context, targets, async (ref) => {
      await engine.container.restart({ ref, ...(context.changed("time") && { timeout: flags.time }) });
      return ref;
    }, { parallel: 8 });
  },
});
