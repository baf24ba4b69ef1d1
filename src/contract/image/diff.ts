import { defineOperation, maybeText, output, text } from "../kit.ts";
import type { ContainerChange } from "../container/diff.ts";

/** What an image's top layer changes, or what differs between two images. */
export const diff = defineOperation({
  name: "image.diff",
  summary: "Show which files an image's last layer changes",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    parent: maybeText("Image to compare with; the layer below by default"),
  },
  output: output<readonly ContainerChange[]>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/images/{ref}/changes" },
});
