import { mount as operation } from "../../../contract/image/mount.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageMountCommand = defineCommand({
  paths: ["image mount"],
  summary: operation.summary,
  description: "Mounts images read-only and prints the paths; without images, lists those that are mounted.",
  usage: "[options] [IMAGE...]",
  args: {
    min: 0, completion: "image",
    check: (args, flags) => (flags["all"] === true && args.length > 0 ? "when using the --all switch, you may not pass any image names or IDs" : undefined),
  },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Mount every image" },
    format: { kind: "string", name: "format", doc: "json for a JSON list", completion: ["json"] },
  },
  where: "local",
  examples: ["podman image mount imgID", "podman image mount imgID1 imgID2 imgID3", "podman image mount", "podman image mount --all"],
  run: async (context, args, flags) => (await import("../../image/mount.ts")).mountImages(context, args, flags),
});
