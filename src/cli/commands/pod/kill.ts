import { defineCommand } from "../../kit/types.ts";
import { allPodsFlag, checkPodTargets, latestPodFlag } from "../../pod-targets.ts";

export const podKill = defineCommand({
  paths: ["pod kill"],
  summary: "Send a signal to the containers of pods",
  usage: "[options] POD [POD...]",
  args: { min: 0, check: checkPodTargets, completion: "pod" },
  flags: { ...allPodsFlag("Signal every pod"), ...latestPodFlag,
    signal: { kind: "string", name: "signal", short: "s", default: "KILL", doc: "Signal, by name or number" },
  },
  examples: ["podman pod kill mypod", "podman pod kill --all"],
  run: async (context, args, flags) => {
    const { forEachTarget } = await import("../../targets.ts");
    const { lineOf, podTargets } = await import("../../pod-targets.ts");
    const { parseSignal } = await import("../../../formats/create/signal.ts");
    const signal = String(parseSignal(flags.signal));
    const engine = await context.engine();
    return forEachTarget(context, await podTargets(context, args, flags), async (ref) => {
      const report = await engine.pod.kill({ ref, signal });
      return lineOf(context, report, report.Id);
    });
  },
});
