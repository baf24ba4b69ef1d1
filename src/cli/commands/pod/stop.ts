import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag, podIdFileFlag } from "../../pod-targets.ts";
import { timeFlag } from "../../target-flags.ts";

export const podStop = defineCommand({
  paths: ["pod stop"],
  summary: "Stop pods",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: { ...allPodsFlag("Stop every pod"), ...latestPodFlag, ...podIdFileFlag,
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A pod that does not exist is no error" }, ...timeFlag,
  },
  examples: ["podman pod stop mypod", "podman pod stop --all"],
  run: async (context, args, flags) => {
    const { forEachTarget } = await import("../../targets.ts");
    const { lineOf, podTargets, isMissingPod } = await import("../../pod-targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await podTargets(context, args, flags), async (ref) => {
      const report = await engine.pod.stop({ ref, ...(context.changed("time") && { timeout: flags.time }) });
      return lineOf(context, report, report.RawInput ?? ref);
    }, { tolerate: (error) => flags.ignore && isMissingPod(error) });
  },
});
