import { diff as operation } from "../../../contract/image/diff.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageDiffCommand = defineCommand({
  paths: ["image diff"],
  summary: operation.summary,
  description: "Shows what the last layer of an image changes, or how two images differ.",
  usage: "[options] IMAGE [IMAGE]",
  args: { min: 1, max: 2, completion: "image" },
  flags: { format: { kind: "string", name: "format", doc: "json for a JSON object", completion: ["json"] } },
  examples: ["podman image diff myImage", "podman image diff --format json redis:alpine"],
  run: async (context, [ref = "", parent], flags) => {
    const { showChanges } = await import("../../show-changes.ts");
    await showChanges(context, await (await context.engine()).image.diff({ ref, parent }), flags.format);
  },
});
