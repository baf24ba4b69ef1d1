import { defineCommand } from "../../kit/types.ts";

export const rmCommand = defineCommand({
  paths: ["volume rm"],
  aliases: ["volume remove"],
  summary: "Remove volumes",
  description: "Removes volumes. One that containers use is removed only with --force, together with the containers.",
  usage: "[options] VOLUME [VOLUME...]",
  args: { min: 0, completion: "volume", check: (args, flags) => (args.length > 0) === (flags["all"] === true) ? "choose either one or more volumes or all" : undefined },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Remove every volume" },
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Remove the containers that use it too" },
    time: { kind: "int", name: "time", short: "t", default: 10, doc: "Seconds to wait before such a container is killed" },
  },
  examples: ["podman volume rm myvol1 myvol2", "podman volume rm --all", "podman volume rm --force myvol"],
  run: async (context, args, flags) => (await import("../../remove-volumes.ts")).removeVolumes(context, args, flags),
});
