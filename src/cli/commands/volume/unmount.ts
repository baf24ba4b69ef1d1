import { defineCommand } from "../../kit/types.ts";

export const unmountCommand = defineCommand({
  paths: ["volume unmount"],
  summary: "Undo `podman volume mount`",
  usage: "NAME [NAME...]",
  args: { min: 1, completion: "volume" },
  flags: {},
  where: "local",
  examples: ["podman volume unmount myvol"],
  run: async (context, args) => {
    const { forEachTarget } = await import("../../targets.ts");
    const engine = await context.engine();
    return forEachTarget(context, args, async (ref) => {
      await engine.volume.unmount({ ref });
      return ref;
    });
  },
});
