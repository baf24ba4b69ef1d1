import { defineOperation, output, text } from "../kit.ts";
import type { PathEntry } from "../types/path-stat.ts";

/** `not-found` without a reason: the container is there and the path is not, or is no directory. */
export const listPath = defineOperation({
  name: "container.listPath",
  summary: "List a directory of a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    path: text("Path in the container; relative ones start at its working directory"),
  },
  output: output<readonly PathEntry[]>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { localOnly: "Podman's API has no endpoint for directories" },
});
