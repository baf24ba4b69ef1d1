import { remove as operation } from "../../../contract/image/remove.ts";
import { defineCommand } from "../../kit/types.ts";

export const rmiCommand = defineCommand({
  paths: ["rmi", "image rm"],
  aliases: ["image remove"],
  summary: operation.summary,
  description: "Takes the given name away from an image, and removes the image with its last name.",
  usage: "[options] IMAGE [IMAGE...]",
  args: {
    min: 0, completion: "image",
    check: (args, flags) => {
      if (flags["all"] === true) return args.length > 0 ? "when using the --all switch, you may not pass any images names or IDs" : undefined;
      return args.length === 0 ? "image name or ID must be specified" : undefined;
    },
  },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    force: { kind: "bool", name: "force", short: "f", default: false, field: operation.input.force },
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, field: operation.input.ignore },
    noPrune: { kind: "bool", name: "no-prune", default: false, field: operation.input.noPrune },
  },
  examples: ["podman rmi imageID", "podman rmi --force alpine", "podman rmi c4dfb1609ee2 93fd78260bd1 c0ed59d05ff7"],
  run: async (context, args, { all, force, ignore, noPrune }) => (await import("../../image/remove.ts")).removeImages(context, { images: args, all, force, ignore: ignore || force, noPrune }),
});
