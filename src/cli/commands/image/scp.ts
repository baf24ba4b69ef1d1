import { scp as operation } from "../../../contract/image/scp.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageScpCommand = defineCommand({
  paths: ["image scp"],
  summary: operation.summary,
  description: "HOST is a connection's name or an address for ssh; USER@localhost is another user of this machine. Without a destination the image comes to this store.",
  usage: "[options] IMAGE [HOST::]",
  args: { min: 1, max: 2, completion: "image" },
  flags: {
    format: { kind: "string", name: "format", choices: ["oci-archive", "docker-archive"], field: operation.input.format },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, field: operation.input.quiet },
  },
  where: "local",
  examples: ["podman image scp myimage:latest otherhost::", "podman image scp otherhost::myimage", "podman image scp alpine user@localhost::"],
  run: async (context, args, flags) => (await import("../../image/scp.ts")).scpImage(context, args, flags),
});
