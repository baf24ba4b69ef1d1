import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const portCommand = defineCommand({
  paths: ["port", "container port"],
  summary: "Show which ports of the host lead into a container",
  description: "Shows all published ports of a container, or where one of its ports is published.",
  usage: "[options] CONTAINER [PORT]",
  args: { min: 0, completion: "container", check: (args, flags) => {
    if (args.length > 0 && flags["all"] === true) return "no arguments are needed with --all";
    if (flags["all"] === true && flags["latest"] === true) return "--all and --latest cannot be used together";
    if (args.length === 0 && flags["all"] !== true && flags["latest"] !== true) return "you must supply a running container name or id";
    return args.length > 2 ? "`port` accepts at most 2 arguments" : undefined;
  } },
  flags: { all: { kind: "bool", name: "all", short: "a", default: false, doc: "Show the ports of every container" }, ...latestFlag },
  examples: ["podman port --all", "podman port ctrID 80/tcp"],
  run: async (context, args, flags) => (await import("../../show-ports.ts")).showPorts(context, args, flags),
});
