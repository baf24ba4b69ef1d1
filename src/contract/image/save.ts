import { defineOperation, list, maybeText, nothing, toggle } from "../kit.ts";

/**
 * One or more images as an archive. The first reference is the image and the others are further names of it, or all are images
 * with `multiImage`. Folder formats (`oci-dir`, `docker-dir`) come as a tar of the folder.
 */
export const save = defineOperation({
  name: "image.save",
  summary: "Save image(s) to an archive",
  input: {
    references: list("Names or ids of the images", { completion: "image" }),
    format: maybeText("Save image to oci-archive, oci-dir (directory with oci manifest type), docker-archive, docker-dir (directory with v2s2 manifest type)", { completion: ["oci-archive", "oci-dir", "docker-archive", "docker-dir"] }),
    compress: toggle("Compress tarball image layers when saving to a directory using the 'dir' transport. (default is same compression type as source)"),
    uncompressed: toggle("Accept uncompressed layers when copying OCI images", { wire: "ociAcceptUncompressedLayers" }),
    multiImage: toggle("Interpret additional arguments as images not tags and create a multi-image-archive (only for docker-archive)"),
  },
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "GET", path: "/images/export" },
});
