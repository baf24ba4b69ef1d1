import { tag as operation } from "../../../contract/image/tag.ts";
import { untag as untagOperation } from "../../../contract/image/untag.ts";
import { defineCommand } from "../../kit/types.ts";

export const tagCommand = defineCommand({
  paths: ["tag", "image tag"],
  summary: operation.summary,
  description: "The image keeps its other names. A name that another image had moves over.",
  usage: "IMAGE TARGET_NAME [TARGET_NAME...]",
  args: { min: 2, completion: "image" },
  flags: {},
  examples: ["podman tag 0e3bbc2 fedora:latest", "podman tag imageID:latest myNewImage:newTag", "podman tag httpd myregistryhost:5000/fedora/httpd:v2"],
  run: async (context, [ref = "", ...names]) => {
    const engine = await context.engine();
    for (const name of names) await engine.image.tag({ ref, ...splitTag(name) });
  },
});

export const untagCommand = defineCommand({
  paths: ["untag", "image untag"],
  summary: untagOperation.summary,
  description: "Without names, all are taken away; the image stays.",
  usage: "IMAGE [IMAGE...]",
  args: { min: 1, completion: "image" },
  flags: {},
  examples: ["podman untag 0e3bbc2", "podman untag imageID:latest otherImageName:latest", "podman untag httpd myregistryhost:5000/fedora/httpd:v2"],
  run: async (context, [ref = "", ...names]) => {
    const engine = await context.engine();
    if (names.length === 0) await engine.image.untag({ ref });
    // The first name may be the one by which the image was found: go on by id.
    const { Id } = names.length <= 1 ? { Id: ref } : await engine.image.inspect({ ref });
    for (const name of names) await engine.image.untag({ ref: Id, ...splitTag(name) });
  },
});

/** A service of Podman's takes name and tag apart. */
function splitTag(name: string): { readonly repo: string; readonly tag?: string } {
  const [, repo = name, tag] = /^([^@]+):([^/:@]+)$/.exec(name) ?? [];
  return { repo, ...(tag !== undefined && { tag }) };
}
