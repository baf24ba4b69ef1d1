import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";
import { checkTargets } from "../../targets.ts";

export const unmountCommand = defineCommand({
  paths: ["unmount", "container unmount"],
  aliases: ["umount", "container umount"],
  summary: "Undo `podman mount`",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, check: checkTargets, completion: "container" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Unmount every container" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Unmount whatever the number of mounts" },
    ...latestFlag,
  },
  where: "local",
  examples: ["podman unmount ctrID", "podman unmount ctrID1 ctrID2 ctrID3", "podman unmount --all"],
  run: async (context, args, flags) => {
    const { containerTargets, forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    const targets = flags.all ? Object.keys(await engine.container.mounts({})) : await containerTargets(context, args, flags);
    return forEachTarget(context, targets, async (ref) => {
      await engine.container.unmount({ ref, force: flags.force });
      return ref;
    });
  },
});
