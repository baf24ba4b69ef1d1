import { defineOperation, maybeText, output, text } from "../kit.ts";

/** `Kind`: 0 modified, 1 added, 2 deleted. */
export interface ContainerChange { readonly Path: string; readonly Kind: 0 | 1 | 2 }

export const diff = defineOperation({
  name: "container.diff",
  summary: "Show which files have changed",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    parent: maybeText("Container or image to compare with; the container's image by default"),
    diffType: maybeText("What to compare: all, container or image"),
  },
  output: output<readonly ContainerChange[]>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/containers/{ref}/changes" },
});
