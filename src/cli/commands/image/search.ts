import { search as operation } from "../../../contract/image/search.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

const { authfile, certDir, creds, tlsVerify } = registryFlags;

export const searchCommand = defineCommand({
  paths: ["search", "image search"],
  summary: operation.summary,
  description: "Asks the registry in front of TERM, or every search registry of registries.conf.",
  usage: "[options] TERM",
  args: { min: 1, max: 1, completion: "none" },
  flags: {
    authfile, certDir, creds, tlsVerify,
    compatible: { kind: "bool", name: "compatible", default: false, doc: "Show stars, official and automated, as Docker does" },
    filter: { kind: "strings", name: "filter", short: "f", default: [], field: operation.input.filters },
    format: { kind: "string", name: "format", doc: "Print as json or by a Go template" },
    limit: { kind: "int", name: "limit", field: operation.input.limit },
    listTags: { kind: "bool", name: "list-tags", default: false, field: operation.input.listTags },
    noTrunc: { kind: "bool", name: "no-trunc", default: false, doc: "Show whole descriptions" },
  },
  examples: ["podman search --filter=is-official --limit 3 alpine", "podman search registry.fedoraproject.org/", "podman search --format \"table {{.Index}} {{.Name}}\" registry.fedoraproject.org/fedora"],
  run: async (context, [term = ""], flags) => (await import("../../image/search.ts")).searchImages(context, term, flags),
});
