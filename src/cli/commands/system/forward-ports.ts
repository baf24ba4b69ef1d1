import { defineCommand } from "../../kit/types.ts";

export const forwardPortsCommand = defineCommand({
  paths: ["system forward-ports"],
  summary: "Forward the published ports of a user's container; started by the engine",
  usage: "PLAN",
  args: { min: 1, max: 1 },
  hidden: true,
  where: "local",
  flags: {},
  run: async (_context, [plan = ""]) => {
    const { forwardPorts } = await import("../../../procs/forward-ports.ts");
    return forwardPorts(JSON.parse(plan) as Parameters<typeof forwardPorts>[0]);
  },
});
