import { importImage as operation } from "../../../contract/image/import.ts";
import { defineCommand } from "../../kit/types.ts";

export const importCommand = defineCommand({
  paths: ["import", "image import"],
  summary: operation.summary,
  description: "PATH is a tar archive (plain, gzip, bzip2, xz or zstd), a web address of one, or - for standard input. Its content becomes the only layer.",
  usage: "[options] PATH [REFERENCE]",
  args: { min: 1, max: 2, completion: "file" },
  flags: {
    arch: { kind: "string", name: "arch", field: operation.input.arch },
    change: { kind: "strings", name: "change", short: "c", default: [], field: operation.input.changes },
    message: { kind: "string", name: "message", short: "m", field: operation.input.message },
    os: { kind: "string", name: "os", field: operation.input.os },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" },
    signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
    variant: { kind: "string", name: "variant", field: operation.input.variant },
  },
  examples: ["podman import https://example.com/ctr.tar url-image", "cat ctr.tar | podman -q import --message \"importing the ctr.tar tarball\" - image-imported", "cat ctr.tar | podman import -"],
  run: async (context, args, flags) => (await import("../../image/load.ts")).importArchive(context, args, flags),
});
