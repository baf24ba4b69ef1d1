import { defineOperation, list, maybeText, nothing, toggle } from "../kit.ts";

/**
 * One or more images as an archive. The first reference is the image and the others are further names of it, or all are images
 * with `multiImage`. Folder formats (`oci-dir`, `docker-dir`) come as a tar of the folder.
 */
export const save = defineOperation({
  name: "image.save",
  summary: "Write images to an archive",
  input: {
    references: list("Names or ids of the images", { completion: "image" }),
    format: maybeText("Kind of archive: docker-archive, oci-archive, or the directories docker-dir and oci-dir", { completion: ["oci-archive", "oci-dir", "docker-archive", "docker-dir"] }),
    compress: toggle("Compress the layers of a directory"),
    uncompressed: toggle("Leave layers of OCI formats uncompressed", { wire: "ociAcceptUncompressedLayers" }),
    multiImage: toggle("Take every argument as an image; without it all but the first are further names of the first"),
    destination: maybeText("Where the archive goes, for the event that tells of it", { where: "local" }),
  },
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "GET", path: "/images/export" },
});
