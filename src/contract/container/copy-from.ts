import { defineOperation, nothing, text } from "../kit.ts";

/** A tar of one file or directory; a path that ends with `/.` (and `/`) gives what is in a directory. Everything belongs to the container's user. */
export const copyFrom = defineOperation({
  name: "container.copyFrom",
  summary: "Give a file or directory of a container as a tar archive",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    path: text("Path in the container; relative ones start at its working directory"),
  },
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "conflict"],
  libpod: { method: "GET", path: "/containers/{ref}/archive" },
});
