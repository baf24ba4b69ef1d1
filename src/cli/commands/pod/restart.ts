import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag } from "../../pod-targets.ts";

export const podRestart = defineCommand({
  paths: ["pod restart"],
  summary: "Restart pods",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: { ...allPodsFlag("Restart every pod"), ...latestPodFlag },
  examples: ["podman pod restart mypod", "podman pod restart --all"],
  run: async (context, args, flags) => {
    const { forEachTarget } = await import("../../targets.ts");
    const { lineOf, podTargets } = await import("../../pod-targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await podTargets(context, args, flags), async (ref) => {
      const report = await engine.pod.restart({ ref });
      return lineOf(context, report, report.Id);
    });
  },
});
