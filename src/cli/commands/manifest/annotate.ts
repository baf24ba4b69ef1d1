import { modify as operation } from "../../../contract/manifest/modify.ts";
import { defineCommand } from "../../kit/types.ts";
import { usageError } from "../../kit/usage-error.ts";
import { annotationInput, entryFlags, entryInput } from "../../manifest/flags.ts";

export const manifestAnnotateCommand = defineCommand({
  paths: ["manifest annotate"],
  summary: "Add or update information about an entry in a manifest list or image index",
  description: "The entry is named by its digest, by an image or by a file of an artifact; --index means the list itself.",
  usage: "[options] LIST IMAGEORARTIFACT",
  args: { min: 1, max: 2, completion: "image" },
  flags: {
    ...entryFlags,
    index: { kind: "bool", name: "index", default: false, doc: "Apply --annotation to the list itself" },
    osFeatures: { kind: "csv", name: "os-features", placeholder: "features", default: [], field: operation.input.osFeatures },
    subject: { kind: "string", name: "subject", placeholder: "subject", field: operation.input.subject },
  },
  examples: ["podman manifest annotate --annotation left=right mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736"],
  run: async (context, [name = "", item], { annotation, index, osFeatures, subject, ...entry }) => {
    if (name === "") throw usageError("invalid image name \"\"");
    if (item === undefined && !index) throw usageError("expected an instance digest, image name, or artifact name");
    if (item !== undefined && index) throw usageError(`did not expect image or artifact name ${JSON.stringify(item)} when modifying the entire index`);
    if (item === "") throw usageError("invalid instance digest, image name, or artifact name \"\"");
    const annotations = annotationInput(annotation);
    const { manifest } = await context.engine();
    const { Id } = await manifest.modify({
      name, operation: "annotate", ...(item === undefined ? {} : { images: [item] }), ...entryInput(entry), ...(osFeatures.length === 0 ? {} : { osFeatures }), ...(subject === undefined ? {} : { subject }),
      ...(annotation.length === 0 ? {} : index ? { indexAnnotations: annotations } : { annotations }),
    }, { signal: context.signal });
    await context.out.write(`${Id}\n`);
  },
});
