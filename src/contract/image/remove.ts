import { defineOperation, list, output, toggle } from "../kit.ts";
import type { RemoveImagesReport } from "../types/image-reports.ts";

/** Untags and removes. Failures of single images are in the report, because the others go on. */
export const remove = defineOperation({
  name: "image.remove",
  summary: "Remove images from local storage",
  input: {
    images: list("Names or ids of the images", { completion: "image" }),
    all: toggle("Remove every image"),
    force: toggle("Remove it with all its names and containers"),
    ignore: toggle("An image that does not exist is no error"),
    noPrune: toggle("Keep parents that lost their last child", { wire: "noprune" }),
    lookupManifest: toggle("Remove manifest lists only"),
  },
  output: output<RemoveImagesReport>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "DELETE", path: "/images/remove" },
});
