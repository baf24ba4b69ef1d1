import { defineOperation, output, text } from "../kit.ts";
import type { PathEntry } from "../types/path-stat.ts";

/** `not-found` without a reason: the image is there and the path is not, or is no directory. */
export const listPath = defineOperation({
  name: "image.listPath",
  summary: "List a directory of an image",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    path: text("Path in the image; relative ones start at its root"),
  },
  output: output<readonly PathEntry[]>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { localOnly: "Podman's API has no endpoint for directories" },
});
