import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag } from "../../pod-targets.ts";

export const podUnpause = defineCommand({
  paths: ["pod unpause"],
  summary: "Unpause the containers of pods",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: { ...allPodsFlag("Unpause every pod"), ...latestPodFlag },
  examples: ["podman pod unpause mypod", "podman pod unpause --all"],
  run: async (context, args, flags) => {
    const { forEachTarget } = await import("../../targets.ts");
    const { lineOf, podTargets } = await import("../../pod-targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await podTargets(context, args, flags), async (ref) => {
      const report = await engine.pod.unpause({ ref });
      return lineOf(context, report, report.Id);
    });
  },
});
