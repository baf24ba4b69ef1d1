import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag, podIdFileFlag } from "../../pod-targets.ts";

export const podStart = defineCommand({
  paths: ["pod start"],
  summary: "Start pods",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: { ...allPodsFlag("Start every pod"), ...latestPodFlag, ...podIdFileFlag },
  examples: ["podman pod start mypod", "podman pod start --all"],
  run: async (context, args, flags) => {
    const { forEachTarget } = await import("../../targets.ts");
    const { lineOf, podTargets } = await import("../../pod-targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await podTargets(context, args, flags), async (ref) => {
      const report = await engine.pod.start({ ref });
      return lineOf(context, report, report.RawInput ?? ref);
    });
  },
});
