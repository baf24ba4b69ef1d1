import { create as operation } from "../../../contract/manifest/create.ts";
import { defineCommand } from "../../kit/types.ts";
import { annotationInput, tlsFlags, tlsInput } from "../../manifest/flags.ts";

export const manifestCreateCommand = defineCommand({
  paths: ["manifest create"],
  summary: operation.summary,
  description: "Prints the id of the list. Images without a transport are looked for on their registry first, then in local storage.",
  usage: "[options] LIST [IMAGE...]",
  args: { min: 1, completion: "image" },
  flags: {
    all: { kind: "bool", name: "all", default: false, field: operation.input.all },
    amend: { kind: "bool", name: "amend", short: "a", default: false, field: operation.input.amend },
    annotation: { kind: "strings", name: "annotation", default: [], field: operation.input.annotations },
    ...tlsFlags,
  },
  examples: ["podman manifest create mylist:v1.11", "podman manifest create mylist:v1.11 arch-specific-image-to-add", "podman manifest create --all mylist:v1.11 transport:tagged-image-to-add"],
  run: async (context, [name = "", ...images], { all, amend, annotation, ...tls }) => {
    const annotations = annotationInput(annotation);
    const { manifest } = await context.engine();
    const { Id } = await manifest.create({ name, images, ...(all ? { all } : {}), ...(amend ? { amend } : {}), ...(annotation.length === 0 ? {} : { annotations }), ...tlsInput(context, tls) }, { signal: context.signal });
    await context.out.write(`${Id}\n`);
  },
});
