import { defineOperation, output, text } from "../kit.ts";
import type { ManifestModifyReport } from "../types/manifest-list.ts";

/**
 * `modify` with the files of an artifact sent along: multipart/form-data, its first part the body of `modify` as JSON, every
 * further part one file. The files are kept beside the list and go with it.
 */
export const addFiles = defineOperation({
  name: "manifest.addFiles",
  summary: "Add an artifact of uploaded files to a manifest list",
  input: {
    name: text("Name or id of the list", { completion: "image" }),
    contentType: text("Content type of the upload, with its boundary"),
  },
  output: output<ManifestModifyReport>(),
  kind: "value",
  upload: true,
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "PUT", path: "/manifests/{name}", contentType: "contentType" },
});
