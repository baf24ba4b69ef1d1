import { reload as operation } from "../../../contract/network/reload.ts";
import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const networkReload = defineCommand({
  paths: ["network reload"],
  summary: operation.summary,
  description: "Makes the firewall rules of containers anew, for instance after a firewall was restarted",
  usage: "[options] [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  where: "local",
  examples: ["podman network reload 3c13ef6dd843", "podman network reload test1 test2"],
  flags: {
    all: { name: "all", short: "a", kind: "bool", default: false, doc: "Do so for every container" },
    ...latestFlag,
  },
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const { network } = await context.engine();
    // With --all the containers without a network of their own are not meant.
    const tolerate = (error: unknown): boolean => flags.all && (isEngineError(error, "container-state") || isEngineError(error, "invalid-argument"));
    return forEachTarget(context, await containerTargets(context, args, flags), async (ref) => network.reload({ ref }), { tolerate });
  },
});
