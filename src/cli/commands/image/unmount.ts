import { unmount as operation } from "../../../contract/image/unmount.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageUnmountCommand = defineCommand({
  paths: ["image unmount"],
  aliases: ["image umount"],
  summary: operation.summary,
  usage: "[options] IMAGE [IMAGE...]",
  args: {
    min: 0, completion: "image",
    check: (args, flags) => {
      if (flags["all"] === true) return args.length > 0 ? "when using the --all switch, you may not pass any image names or IDs" : undefined;
      return args.length === 0 ? "image name or ID must be specified" : undefined;
    },
  },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Unmount every image" },
    force: { kind: "bool", name: "force", short: "f", default: false, field: operation.input.force },
  },
  where: "local",
  examples: ["podman image unmount imgID", "podman image unmount imgID1 imgID2 imgID3", "podman image unmount --all"],
  run: async (context, args, flags) => (await import("../../image/mount.ts")).unmountImages(context, args, flags),
});
