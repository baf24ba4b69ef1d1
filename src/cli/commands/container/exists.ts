import { defineCommand } from "../../kit/types.ts";

export const existsCommand = defineCommand({
  paths: ["container exists"],
  summary: "Tell by the exit status whether a container exists",
  usage: "[options] CONTAINER",
  args: { min: 1, max: 1, completion: "container" },
  flags: { external: { kind: "bool", name: "external", default: false, doc: "Look at containers of other tools in the storage too" } },
  examples: ["podman container exists --external containerID", "podman container exists containerID || podman run --name containerID [options]"],
  run: async (context, args, flags) => {
    const { isMissing } = await import("../../targets.ts");
    const engine = await context.engine();
    try {
      await engine.container.exists({ ref: args[0] ?? "", external: flags.external });
      return 0;
    } catch (error) {
      if (isMissing(error)) return 1;
      throw error;
    }
  },
});
