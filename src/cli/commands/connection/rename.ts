import { defineCommand } from "../../kit/types.ts";

export const renameConnectionCommand = defineCommand({
  paths: ["system connection rename"],
  aliases: ["system connection mv"],
  summary: "Give a service's address another name",
  usage: "OLD NEW",
  args: { min: 2, max: 2 },
  flags: {},
  examples: ["podman system connection rename laptop devl", "podman system connection mv laptop devl"],
  run: async (context, args) => {
    const { renameConnection } = await import("../../../config/connections.ts");
    renameConnection(context.env, args[0] ?? "", args[1] ?? "");
  },
});
