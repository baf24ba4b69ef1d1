import { defineCommand } from "../../kit/types.ts";

export const manifestRmCommand = defineCommand({
  paths: ["manifest rm"],
  summary: "Remove manifest lists or image indexes from local storage",
  description: "The images of a list stay.",
  usage: "[options] LIST [LIST...]",
  args: { min: 1, completion: "image" },
  flags: { ignore: { kind: "bool", name: "ignore", short: "i", default: false, doc: "A list that does not exist is no error" } },
  examples: ["podman manifest rm mylist:v1.11"],
  run: async (context, images, { ignore }) => (await import("../../image/remove.ts")).removeImages(context, { images, lookupManifest: true, ignore }),
});
