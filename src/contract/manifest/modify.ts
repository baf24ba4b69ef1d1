import { defineOperation, list, map, maybeText, output, text, toggle } from "../kit.ts";
import type { ManifestModifyReport } from "../types/manifest-list.ts";
import { registryFields } from "../image/registry-fields.ts";

/**
 * Changes a list as a whole or not at all. `update` adds images and then says of them what the other fields give; with `artifactFiles`
 * it adds an artifact of these files, which stay where they are. `annotate` says it of entries that are there, or of the list itself when
 * no entry is named. `remove` takes entries away by digest.
 */
export const modify = defineOperation({
  name: "manifest.modify",
  summary: "Change a manifest list or image index",
  input: {
    name: text("Name or id of the list", { completion: "image" }),
    operation: text("update, annotate or remove", { completion: ["update", "annotate", "remove"] }),
    images: list("Images to add; for annotate and remove entries of the list", { completion: "image" }),
    all: toggle("Add every image of images that are lists themselves"),
    annotation: list("Set an annotation (name=value) of the entry"),
    annotations: map("Annotations of the entry"),
    arch: maybeText("Override the architecture of the entry"),
    features: list("Override the features of the entry"),
    os: maybeText("Override the operating system of the entry"),
    osFeatures: list("Override the operating system's features of the entry", { wire: "os_features" }),
    osVersion: maybeText("Override the operating system's version of the entry", { wire: "os_version" }),
    variant: maybeText("Override the variant of the entry"),
    indexAnnotation: list("Set an annotation (name=value) of the list", { wire: "index_annotation" }),
    indexAnnotations: map("Annotations of the list", { wire: "index_annotations" }),
    subject: maybeText("Image that the list refers to"),
    artifactType: maybeText("Type of the artifact", { wire: "artifact_type" }),
    artifactLayerType: maybeText("Media type of the artifact's files; found out by name and content otherwise", { wire: "artifact_layer_type" }),
    artifactConfigType: maybeText("Media type of the artifact's configuration", { wire: "artifact_config_type" }),
    artifactConfig: maybeText("Content of the artifact's configuration", { wire: "artifact_config" }),
    artifactExcludeTitles: toggle("Leave the names of the artifact's files out", { wire: "artifact_exclude_titles" }),
    artifactAnnotations: map("Annotations of the artifact", { wire: "artifact_annotations" }),
    artifactSubject: maybeText("Image that the artifact refers to", { wire: "artifact_subject" }),
    artifactFiles: list("Files of the artifact", { where: "local", completion: "file" }),
    ...registryFields,
    tlsVerify: { ...registryFields.tlsVerify, where: "query" },
  },
  output: output<ManifestModifyReport>(),
  kind: "value",
  errors: ["not-found", "invalid-argument", "failed-precondition", "unauthenticated", "unavailable"],
  libpod: { method: "PUT", path: "/manifests/{name}", body: "*" },
});
