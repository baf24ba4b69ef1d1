import { defineCommand } from "../../kit/types.ts";
import { cidfileFlag, latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const killCommand = defineCommand({
  paths: ["kill", "container kill"],
  summary: "Send a signal to running containers",
  description: "Sends SIGKILL, or the signal named, to the first process of each container.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Signal every running container" },
    ...cidfileFlag, ...latestFlag,
    signal: { kind: "string", name: "signal", short: "s", default: "KILL", doc: "Signal, by name or number" },
  },
  examples: ["podman kill mywebserver", "podman kill 860a4b23", "podman kill --signal TERM ctrID"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const { usage } = await import("../../flag-values.ts");
    const { parseSignal } = await import("../../../formats/create/signal.ts");
    if (/^\d+$/.test(flags.signal) && Number(flags.signal) > 64) throw usage("valid signals are 1 through 64");
    const signal = String(parseSignal(flags.signal));
    const engine = await context.engine();
    const targets = await containerTargets(context, args, flags, ["running"]);
    return forEachTarget(context, targets, async (ref) => {
      await engine.container.kill({ ref, signal });
      return ref;
    });
  },
});
