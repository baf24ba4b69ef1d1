import { within } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const manifestRemoveCommand = defineCommand({
  paths: ["manifest remove"],
  summary: "Remove an item from a manifest list or image index",
  usage: "LIST DIGEST",
  args: { min: 2, max: 2, completion: "image" },
  flags: {},
  examples: ["podman manifest remove mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736"],
  run: async (context, [name = "", digest = ""]) => {
    const { manifest } = await context.engine();
    const { Id } = await manifest.modify({ name, operation: "remove", images: [digest] }, { signal: context.signal }).catch((error: unknown) => { throw within(`removing from manifest list ${name}`, error); });
    await context.out.write(`${Id}\n`);
  },
});
