import { commit as operation } from "../../../contract/container/commit.ts";
import { defineCommand } from "../../kit/types.ts";

export const commitCommand = defineCommand({
  paths: ["commit", "container commit"],
  summary: operation.summary,
  description: "Makes an image of the container's files and configuration, and prints its id.",
  usage: "[options] CONTAINER [IMAGE]",
  args: { min: 1, max: 2, completion: "container" },
  flags: {
    author: { kind: "string", name: "author", short: "a", field: operation.input.author },
    change: { kind: "strings", name: "change", short: "c", default: [], field: operation.input.changes },
    config: { kind: "string", name: "config", doc: "File with the JSON of a container configuration whose values go into the image", completion: "file" },
    format: { kind: "string", name: "format", short: "f", default: "oci", field: operation.input.format, completion: ["oci", "docker"] },
    iidfile: { kind: "string", name: "iidfile", doc: "Write the image's id to this file", completion: "file" },
    includeVolumes: { kind: "bool", name: "include-volumes", default: false, field: operation.input.includeVolumes },
    message: { kind: "string", name: "message", short: "m", field: operation.input.comment },
    pause: { kind: "bool", name: "pause", short: "p", default: false, field: operation.input.pause },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" },
    squash: { kind: "bool", name: "squash", short: "s", default: false, field: operation.input.squash },
  },
  examples: ["podman commit -q --message \"committing container to image\" reverent_golick image-committed", "podman commit -q --pause=false containerID image-committed", "podman commit containerID"],
  run: async (context, args, flags) => (await import("../../image/commit.ts")).commitContainer(context, args, flags),
});
