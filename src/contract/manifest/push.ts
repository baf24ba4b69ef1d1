import { defineOperation, integer, list, maybeText, output, text, toggle } from "../kit.ts";
import type { ManifestPushItem } from "../types/manifest-list.ts";
import { registryFields, signingFields } from "../image/registry-fields.ts";

/** Pushes a list and, unless told otherwise, its images, wherever these are. */
export const push = defineOperation({
  name: "manifest.push",
  summary: "Push a manifest list or image index",
  input: {
    name: text("Name or id of the list", { completion: "image" }),
    destination: text("Where to push it, with a transport or without"),
    all: toggle("Push the images of the list too"),
    addCompression: list("Add images with these compressions beside those of the list", { wire: "addCompression", completion: ["gzip", "zstd", "zstd:chunked"] }),
    format: maybeText("Write manifests as oci or v2s2; by default as the list has them", { completion: ["oci", "v2s2"] }),
    compressionFormat: maybeText("Compress layers with gzip or zstd", { completion: ["gzip", "zstd", "zstd:chunked"] }),
    compressionLevel: integer("Compression level"),
    forceCompressionFormat: toggle("Compress again what the destination already has in another form"),
    quiet: toggle("Show no progress"),
    ...signingFields,
    ...registryFields,
  },
  output: output<ManifestPushItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"],
  libpod: { method: "POST", path: "/manifests/{name}/registry/{destination}" },
});
