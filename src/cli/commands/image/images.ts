import { list as operation } from "../../../contract/image/list.ts";
import { defineCommand } from "../../kit/types.ts";

export const imagesCommand = defineCommand({
  paths: ["images", "image list"],
  aliases: ["image ls"],
  summary: operation.summary,
  description: "One line per name; images without a name show <none>.",
  usage: "[options] [IMAGE]",
  args: { min: 0, max: 1, completion: "image" },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    digests: { kind: "bool", name: "digests", default: false, doc: "Show the manifest digests too" },
    filter: { kind: "strings", name: "filter", short: "f", default: [], field: operation.input.filters },
    format: { kind: "string", name: "format", doc: "Print as json or by a Go template" },
    history: { kind: "bool", name: "history", default: false, doc: "Show the names that images had" },
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Show whole ids" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Leave the headings out" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Print ids only" },
    sort: { kind: "string", name: "sort", default: "created", choices: ["created", "id", "repository", "size", "tag"], doc: "Column to sort by" },
  },
  examples: ["podman images --format json", "podman images --sort repository --format \"table {{.ID}} {{.Repository}} {{.Tag}}\"", "podman images --filter dangling=true"],
  run: async (context, args, flags) => (await import("../../image/images.ts")).listImages(context, args, flags),
});
