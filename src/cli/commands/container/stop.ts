import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, filterFlag, latestFlag, timeFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const stopCommand = defineCommand({
  paths: ["stop", "container stop"],
  summary: "Stop containers",
  description: "Asks each container to stop, and kills it when it still runs after the time.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Stop every running container" },
    ...cidfileFlag, ...filterFlag,
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A container that does not exist is no error" },
    ...latestFlag, ...timeFlag,
  },
  examples: ["podman stop ctrID", "podman stop --latest", "podman stop --time 2 mywebserver 6e534f14da9d"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget, isUnchanged, isMissing } = await import("../../targets.ts");
    const engine = await context.engine();
    const targets = await containerTargets(context, args, flags, ["running", "paused", "restarting", "stopping", "unknown"]);
    const isPlural = flags.all || (flags.filter?.length ?? 0) > 0;
    return forEachTarget(context, targets, async (ref) => {
      await engine.container.stop({ ref, ...(context.changed("time") && { timeout: flags.time }) }).catch(isUnchanged);
      return ref;
    }, { parallel: 8, tolerate: (error) => (flags.ignore || isPlural) && isMissing(error) });
  },
});
