import { defineCommand } from "../../kit/types.ts";

export const defaultConnectionCommand = defineCommand({
  paths: ["system connection default"],
  summary: "Choose the service to use when none is named",
  usage: "NAME",
  args: { min: 1, max: 1 },
  flags: {},
  examples: ["podman system connection default testing"],
  run: async (context, args) => {
    const { setDefaultConnection } = await import("../../../config/connections.ts");
    setDefaultConnection(context.env, args[0] ?? "");
  },
});
