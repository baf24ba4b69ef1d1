import { defineOperation, list, output, toggle } from "../kit.ts";
import type { RemoveImagesReport } from "../types/image-reports.ts";

/** Untags and removes. Failures of single images are in the report, because the others go on. */
export const remove = defineOperation({
  name: "image.remove",
  summary: "Remove one or more images from local storage",
  input: {
    images: list("Names or ids of the images", { completion: "image" }),
    all: toggle("Remove all images"),
    force: toggle("Force Removal of the image"),
    ignore: toggle("Ignore errors if a specified image does not exist"),
    noPrune: toggle("Do not remove dangling images", { wire: "noprune" }),
    lookupManifest: toggle("Remove manifest lists only"),
  },
  output: output<RemoveImagesReport>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "DELETE", path: "/images/remove" },
});
