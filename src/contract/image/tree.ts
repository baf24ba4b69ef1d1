import { defineOperation, output, text, toggle } from "../kit.ts";

export interface ImageTree { readonly Tree: string }

/** A drawing of the image's layers, or of every layer built on it. */
export const tree = defineOperation({
  name: "image.tree",
  summary: "Show the layers of an image as a tree",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    whatRequires: toggle("Show what is built on the image instead", { wire: "whatrequires" }),
  },
  output: output<ImageTree>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/images/{ref}/tree" },
});
