import { add as operation } from "../../../contract/artifact/operations.ts";
import { defineCommand } from "../../kit/types.ts";
import { usageError } from "../../kit/usage-error.ts";

export const artifactAddCommand = defineCommand({
  paths: ["artifact add"],
  summary: operation.summary,
  description: "Each file becomes a blob of the artifact, titled by its name. Prints the artifact's digest.",
  usage: "[options] ARTIFACT PATH [...PATH]",
  args: { min: 2, completion: "file" },
  flags: {
    annotation: { kind: "strings", name: "annotation", placeholder: "annotation", doc: "Set an annotation (name=value) of the files" },
    append: { kind: "bool", name: "append", short: "a", default: false, field: operation.input.append },
    fileType: { kind: "string", name: "file-type", field: operation.input.fileType },
    replace: { kind: "bool", name: "replace", default: false, field: operation.input.replace },
    type: { kind: "string", name: "type", field: operation.input.type },
  },
  where: "local",
  examples: ["podman artifact add quay.io/myimage/myartifact:latest /tmp/foobar.txt", "podman artifact add --append quay.io/myimage/myartifact:latest /tmp/foobar.tar.gz"],
  run: async (context, [name = "", ...paths], { annotation = [], append, fileType, replace, type }) => {
    const pairs = annotation.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw usageError(`no value given for annotation ${JSON.stringify(text)}`);
      return [text.slice(0, equals), text.slice(equals + 1)] as const;
    });
    const { artifact } = await context.engine();
    const { ArtifactDigest } = await artifact.add({
      name, paths, append, replace, annotations: Object.fromEntries(pairs), ...(fileType === undefined ? {} : { fileType }), ...(type === undefined ? {} : { type }),
    }, { signal: context.signal });
    await context.out.write(`${ArtifactDigest.replace(/^.*:/, "")}\n`);
  },
});
