import { extract as operation } from "../../../contract/artifact/operations.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactExtractCommand = defineCommand({
  paths: ["artifact extract"],
  summary: operation.summary,
  description: "Into a directory all files, by their titles; to another path the only one or the one that is chosen.",
  usage: "[options] ARTIFACT PATH",
  args: { min: 2, max: 2, completion: "file" },
  flags: {
    digest: { kind: "string", name: "digest", field: operation.input.digest },
    title: { kind: "string", name: "title", field: operation.input.title },
  },
  where: "local",
  examples: ["podman artifact extract quay.io/myimage/myartifact:latest /tmp/foobar.txt", "podman artifact extract quay.io/myimage/myartifact:latest /home/me/folder"],
  run: async (context, [ref = "", path = ""], { digest, title }) => {
    const { artifact } = await context.engine();
    await artifact.extract({ ref, path, ...(digest === undefined ? {} : { digest }), ...(title === undefined ? {} : { title }) }, { signal: context.signal });
  },
});
