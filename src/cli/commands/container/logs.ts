import { defineCommand } from "../../kit/types.ts";
import { logFlags } from "../../session/log-flags.ts";
import { latestFlag } from "../../target-flags.ts";

export const logsCommand = defineCommand({
  paths: ["logs", "container logs"],
  summary: "Show the output of containers",
  description: "Shows what containers have written, and with --follow what they go on to write.",
  usage: "[options] CONTAINER [CONTAINER...]",
  args: { min: 0, completion: "container", check: (args, flags) => {
    if (args.length > 0 && flags["latest"] === true) return "--latest and containers cannot be used together";
    return args.length === 0 && flags["latest"] !== true ? "specify at least one container name or ID to log" : undefined;
  } },
  flags: { ...logFlags, ...latestFlag },
  examples: ["podman logs ctrID", "podman logs --names ctrID1 ctrID2", "podman logs --tail 2 mywebserver", "podman logs --follow=true --since 10m ctrID"],
  run: async (context, args, flags) => (await import("../../session/logs.ts")).showLogs(context, args, flags),
});
