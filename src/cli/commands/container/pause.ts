import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, filterFlag, latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const pauseCommand = defineCommand({
  paths: ["pause", "container pause"],
  summary: "Freeze every process of containers",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Pause every running container" },
    ...cidfileFlag, ...filterFlag, ...latestFlag,
  },
  examples: ["podman pause mywebserver", "podman pause 1b3"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await containerTargets(context, args, flags, ["running"]), async (ref) => {
      await engine.container.pause({ ref });
      return ref;
    });
  },
});
