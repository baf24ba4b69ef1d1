import { defineCommand } from "../../kit/types.ts";

export const mountCommand = defineCommand({
  paths: ["volume mount"],
  summary: "Mount volumes and print where",
  usage: "NAME [NAME...]",
  args: { min: 1, completion: "volume" },
  flags: {},
  where: "local",
  examples: ["podman volume mount myvol"],
  run: async (context, args) => {
    const { forEachTarget } = await import("../../targets.ts");
    (await import("../../unshared.ts")).requireUnshared(context.env, "volume mount");
    const engine = await context.engine();
    return forEachTarget(context, args, async (ref) => engine.volume.mount({ ref }));
  },
});
