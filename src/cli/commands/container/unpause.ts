import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, filterFlag, latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const unpauseCommand = defineCommand({
  paths: ["unpause", "container unpause"],
  summary: "Let paused containers go on",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Unpause every paused container" },
    ...cidfileFlag, ...filterFlag, ...latestFlag,
  },
  examples: ["podman unpause mywebserver", "podman unpause 1b3"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await containerTargets(context, args, flags, ["paused"]), async (ref) => {
      await engine.container.unpause({ ref });
      return ref;
    });
  },
});
