import { list as operation } from "../../../contract/artifact/operations.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactListCommand = defineCommand({
  paths: ["artifact ls"],
  aliases: ["artifact list"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", doc: "Print by a Go template" },
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Show whole digests" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Print no column headings" },
  },
  where: "local",
  examples: ["podman artifact ls"],
  run: async (context, _args, flags) => (await import("../../artifact/show.ts")).listArtifacts(context, flags),
});
