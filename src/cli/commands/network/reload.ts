import { reload as operation } from "../../../contract/network/reload.ts";
import { isEngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkReload = defineCommand({
  paths: ["network reload"],
  summary: operation.summary,
  description: "Reload container networks, recreating firewall rules",
  usage: "[options] [CONTAINER...]",
  args: { min: 0, completion: "container" },
  where: "local",
  examples: ["podman network reload 3c13ef6dd843", "podman network reload test1 test2"],
  flags: {
    all: { name: "all", short: "a", kind: "bool", default: false, doc: "Reload network configuration of all containers" },
    latest: { name: "latest", short: "l", kind: "bool", default: false, doc: "Act on the latest container podman is aware of" },
  },
  run: async (context, args, flags) => {
    const { checkTargets, containerTargets, forEachTarget } = await import("../../targets.ts");
    const { usageError } = await import("../../kit/usage-error.ts");
    const problem = checkTargets("reload", args, flags);
    if (problem !== undefined) throw usageError(problem);
    const { network } = await context.engine();
    // With --all the containers without a network of their own are not meant.
    const tolerate = (error: unknown): boolean => flags.all && (isEngineError(error, "container-state") || isEngineError(error, "invalid-argument"));
    return forEachTarget(context, await containerTargets(context, args, flags), async (ref) => network.reload({ ref }), { tolerate });
  },
});
