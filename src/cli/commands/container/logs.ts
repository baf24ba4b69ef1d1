import { defineCommand } from "../../kit/types.ts";
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
  flags: {
    color: { kind: "bool", name: "color", default: false, doc: "Show each container's name in a colour of its own" },
    details: { kind: "bool", name: "details", default: false, hidden: true, doc: "Accepted for Docker's sake; does nothing" },
    follow: { kind: "bool", name: "follow", short: "f", default: false, doc: "Go on as long as the container writes" },
    ...latestFlag,
    names: { kind: "bool", name: "names", short: "n", default: false, doc: "Put the container's name in front of each line" },
    since: { kind: "string", name: "since", doc: "Only what was written since this time or so long ago" },
    tail: { kind: "int", name: "tail", default: -1, doc: "Only so many lines from the end" },
    timestamps: { kind: "bool", name: "timestamps", short: "t", default: false, doc: "Put the time in front of each line" },
    until: { kind: "string", name: "until", doc: "Only what was written until this time or so long ago" },
  },
  examples: ["podman logs ctrID", "podman logs --names ctrID1 ctrID2", "podman logs --tail 2 mywebserver", "podman logs --follow=true --since 10m ctrID"],
  run: async (context, args, flags) => (await import("../../session/logs.ts")).showLogs(context, args, flags),
});
