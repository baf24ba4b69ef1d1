import { load as operation } from "../../../contract/image/load.ts";
import { defineCommand } from "../../kit/types.ts";

export const loadCommand = defineCommand({
  paths: ["load", "image load"],
  summary: operation.summary,
  description: "Takes archives of docker save, podman save and OCI layouts, compressed or not.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    input: { kind: "string", name: "input", short: "i", doc: "Archive to read; standard input by default", completion: "file" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" },
    signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
  },
  run: async (context, _args, { input, quiet }) => (await import("../../image/load.ts")).loadImages(context, input, quiet),
});
