import { df as operation } from "../../../contract/system/df.ts";
import { defineCommand } from "../../kit/types.ts";

export const systemDfCommand = defineCommand({
  paths: ["system df"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", doc: "Print as json or by a Go template" },
    verbose: { kind: "bool", name: "verbose", short: "v", default: false, doc: "One line per image, container and volume" },
  },
  examples: ["podman system df", "podman system df --verbose", "podman system df --format json"],
  run: async (context, _args, flags) => (await import("../../list/disk-usage.ts")).showDiskUsage(context, flags),
});
