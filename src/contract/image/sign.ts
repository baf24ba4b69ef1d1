import { defineOperation, list, maybeText, nothing, text, toggle } from "../kit.ts";

/** Signs what a registry has, without touching the registry: a file in the lookaside. */
export const sign = defineOperation({
  name: "image.sign",
  summary: "Sign images",
  input: {
    signBy: text("Name of the signing key"),
    references: list("Images, with their transport"),
    directory: maybeText("Directory for the signatures in place of the configured one", { completion: "directory" }),
    all: toggle("Sign every image of a manifest list"),
    authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { completion: "file" }),
    certDir: maybeText("Directory with TLS certificates and keys", { completion: "directory" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument", "failed-precondition"],
  libpod: { localOnly: "it signs with keys of the machine" },
});
