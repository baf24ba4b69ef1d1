import { modify as operation } from "../../../contract/manifest/modify.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";
import { entryFlags, tlsFlags } from "../../manifest/flags.ts";

const { authfile, certDir, creds } = registryFlags;

export const manifestAddCommand = defineCommand({
  paths: ["manifest add"],
  summary: "Add images or artifacts to a manifest list or image index",
  description: "Images without a transport are looked for on their registry first, then in local storage. Files of an artifact stay where they are until the list is pushed.",
  usage: "[options] LIST IMAGEORARTIFACT [IMAGEORARTIFACT...]",
  args: { min: 2, completion: "image" },
  flags: {
    all: { kind: "bool", name: "all", default: false, field: operation.input.all },
    ...entryFlags,
    artifact: { kind: "bool", name: "artifact", default: false, doc: "Take all arguments as files of an artifact" },
    artifactConfig: { kind: "string", name: "artifact-config", doc: "File with the artifact's configuration", completion: "file" },
    artifactConfigType: { kind: "string", name: "artifact-config-type", field: operation.input.artifactConfigType },
    artifactExcludeTitles: { kind: "bool", name: "artifact-exclude-titles", default: false, field: operation.input.artifactExcludeTitles },
    artifactLayerType: { kind: "string", name: "artifact-layer-type", field: operation.input.artifactLayerType },
    artifactSubject: { kind: "string", name: "artifact-subject", field: operation.input.artifactSubject },
    artifactType: { kind: "string", name: "artifact-type", field: operation.input.artifactType },
    authfile, certDir, creds, ...tlsFlags,
  },
  examples: ["podman manifest add mylist:v1.11 image:v1.11-amd64", "podman manifest add mylist:v1.11 transport:imageName", "podman manifest add --artifact --artifact-type text/plain mylist:v1.11 notes.txt"],
  run: async (context, args, flags) => (await import("../../manifest/add.ts")).addToList(context, args, flags),
});
