import { save as operation } from "../../../contract/image/save.ts";
import { defineCommand } from "../../kit/types.ts";

const formats = ["oci-archive", "oci-dir", "docker-archive", "docker-dir"];

export const saveCommand = defineCommand({
  paths: ["save", "image save"],
  summary: operation.summary,
  description: "Writes one archive to a file or to standard output, from which podman load, docker load and others can read.",
  usage: "[options] IMAGE [IMAGE...]",
  args: {
    min: 0, completion: "image",
    check: (args, flags) => {
      const format = typeof flags["format"] === "string" ? flags["format"] : "docker-archive";
      if (args.length === 0) return "need at least 1 argument";
      if (flags["compress"] === true && format !== "oci-dir" && format !== "docker-dir") return "--compress can only be set when --format is either 'oci-dir' or 'docker-dir'";
      return formats.includes(format) ? undefined : `format value must be one of ${formats.join(" ")}`;
    },
  },
  flags: {
    compress: { kind: "bool", name: "compress", default: false, field: operation.input.compress },
    format: { kind: "string", name: "format", default: "docker-archive", field: operation.input.format },
    multiImageArchive: { kind: "bool", name: "multi-image-archive", short: "m", default: false, field: operation.input.multiImage },
    output: { kind: "string", name: "output", short: "o", doc: "File or directory to write; standard output by default", completion: "file" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" },
    signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
    uncompressed: { kind: "bool", name: "uncompressed", default: false, field: operation.input.uncompressed },
  },
  examples: ["podman save --quiet -o myimage.tar imageID", "podman save --format docker-dir -o ubuntu-dir ubuntu", "podman save > alpine-all.tar alpine:latest"],
  run: async (context, args, flags) => (await import("../../image/save.ts")).saveImages(context, args, flags),
});
