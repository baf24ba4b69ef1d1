import { defineCommand } from "../../kit/types.ts";

export const removeConnectionCommand = defineCommand({
  paths: ["system connection remove"],
  aliases: ["system connection rm"],
  summary: "Forget the address of a Podman service",
  usage: "[options] NAME",
  args: { min: 0, max: 1, check: (args, flags) => args.length < 2 && (args.length === 1) === (flags["all"] === true) ? "a connection name must be given, or --all" : undefined },
  flags: { all: { kind: "bool", name: "all", short: "a", default: false, doc: "Forget every address" } },
  examples: ["podman system connection remove devl", "podman system connection rm --all"],
  run: async (context, args, flags) => {
    const { removeAllConnections, removeConnection } = await import("../../../config/connections.ts");
    if (flags.all) removeAllConnections(context.env);
    else removeConnection(context.env, args[0] ?? "");
  },
});
