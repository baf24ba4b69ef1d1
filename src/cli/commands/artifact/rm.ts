import { remove as operation } from "../../../contract/artifact/operations.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactRemoveCommand = defineCommand({
  paths: ["artifact rm"],
  aliases: ["artifact remove"],
  summary: operation.summary,
  usage: "[options] ARTIFACT [ARTIFACT...]",
  args: {
    min: 0,
    check: (args, flags) => {
      if (flags["all"] === true && args.length > 0) return "when using the --all switch, you may not pass any artifact names or digests";
      return flags["all"] !== true && args.length === 0 ? "at least one artifact name or digest must be specified" : undefined;
    },
  },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, field: operation.input.all },
    ignore: { kind: "bool", name: "ignore", short: "i", default: false, field: operation.input.ignore },
  },
  where: "local",
  examples: ["podman artifact rm quay.io/myimage/myartifact:latest", "podman artifact rm -a", "podman artifact rm c4dfb1609ee2 93fd78260bd1"],
  run: async (context, refs, { all, ignore }) => {
    const { artifact } = await context.engine();
    const { ArtifactDigests } = await artifact.remove({ refs, all, ignore }, { signal: context.signal });
    await context.out.write(ArtifactDigests.map((digest) => `${digest.replace(/^.*:/, "")}\n`).join(""));
  },
});
