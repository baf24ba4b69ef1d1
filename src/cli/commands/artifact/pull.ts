import { pull as operation } from "../../../contract/artifact/operations.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactPullCommand = defineCommand({
  paths: ["artifact pull"],
  summary: operation.summary,
  usage: "[options] ARTIFACT",
  args: { min: 1, max: 1 },
  flags: { ...registryFlags, decryptionKey: { kind: "csv", name: "decryption-key", field: operation.input.decryptionKeys }, quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" } },
  where: "local",
  examples: ["podman artifact pull quay.io/myimage/myartifact:latest"],
  run: async (context, [name = ""], flags) => (await import("../../artifact/transfer.ts")).pullArtifact(context, name, flags),
});
