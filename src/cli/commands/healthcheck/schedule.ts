import { defineCommand } from "../../kit/types.ts";

export const scheduleChecksCommand = defineCommand({
  paths: ["healthcheck schedule"],
  summary: "Run the checks of one container on time; started by the engine where systemd is not there",
  usage: "PLAN",
  args: { min: 1, max: 1 },
  hidden: true,
  where: "local",
  flags: {},
  run: async (_context, [plan = ""]) => {
    const { scheduleChecks } = await import("../../../procs/healthcheck.ts");
    return scheduleChecks(JSON.parse(plan) as Parameters<typeof scheduleChecks>[0]);
  },
});
