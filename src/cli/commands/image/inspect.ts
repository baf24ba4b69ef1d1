import { inspect as operation } from "../../../contract/image/inspect.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageInspectCommand = defineCommand({
  paths: ["image inspect"],
  summary: operation.summary,
  description: "Prints configuration, layers, digests and history as JSON or by a Go template.",
  usage: "[options] IMAGE [IMAGE...]",
  args: { min: 1, completion: "image" },
  flags: { format: { kind: "string", name: "format", short: "f", doc: "Print as json or by a Go template", default: "json" } },
  examples: ["podman image inspect alpine", "podman image inspect --format \"imageId: {{.Id}} size: {{.Size}}\" alpine"],
  run: async (context, args, { format }) => (await import("../../image/inspect.ts")).inspectImages(context, args, format),
});
