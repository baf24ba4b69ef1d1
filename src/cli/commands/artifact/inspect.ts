import { inspect as operation } from "../../../contract/artifact/operations.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactInspectCommand = defineCommand({
  paths: ["artifact inspect"],
  summary: operation.summary,
  usage: "[options] ARTIFACT",
  args: { min: 1, max: 1 },
  flags: { format: { kind: "string", name: "format", short: "f", default: "json", doc: "Print as json or by a Go template" } },
  where: "local",
  examples: ["podman artifact inspect quay.io/myimage/myartifact:latest"],
  run: async (context, [ref = ""], { format }) => (await import("../../artifact/show.ts")).inspectArtifact(context, ref, format),
});
