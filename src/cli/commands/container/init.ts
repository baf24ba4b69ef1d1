import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const initCommand = defineCommand({
  paths: ["init", "container init"],
  summary: "Prepare containers without starting them",
  description: "Sets up everything that a start needs: mounts, network, the process. `podman start` goes on from there.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: { all: { kind: "bool", name: "all", short: "a", default: false, doc: "Prepare every container" }, ...latestFlag },
  examples: ["podman init --latest", "podman init 3c45ef19d893", "podman init test1"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget, isUnchanged } = await import("../../targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, await containerTargets(context, args, flags, ["created", "exited", "stopped"]), async (ref) => {
      await engine.container.init({ ref }).catch(isUnchanged);
      return ref;
    });
  },
});
