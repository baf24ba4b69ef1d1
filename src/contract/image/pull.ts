import { defineOperation, integer, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { PullItem, RegistryAuth } from "../types/image-reports.ts";

/** Pulls one name (or all tags of a repository) into storage. A failure is thrown at the end of the stream. */
export const pull = defineOperation({
  name: "image.pull",
  summary: "Pull an image from a registry",
  input: {
    ref: text("Name of the image, with a transport or without", { wire: "reference", completion: "image" }),
    allTags: toggle("All tagged images in the repository will be pulled"),
    arch: maybeText("Use ARCH instead of the architecture of the machine for choosing images", { wire: "Arch" }),
    os: maybeText("Use OS instead of the running OS for choosing images", { wire: "OS" }),
    variant: maybeText("Use VARIANT instead of the running architecture variant for choosing images", { wire: "Variant" }),
    policy: maybeText("Pull image policy (\"always\"|\"missing\"|\"never\"|\"newer\")"),
    quiet: toggle("Suppress output information when pulling images"),
    tlsVerify: toggle("Require HTTPS and verify certificates when contacting registries"),
    retry: integer("number of times to retry in case of failure when performing pull"),
    retryDelay: maybeText("delay between retries in case of pull failures"),
    authFile: maybeText("Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override", { where: "local", completion: "file" }),
    certDir: maybeText("Pathname of a directory containing TLS certificates and keys", { where: "local", completion: "directory" }),
    signaturePolicy: maybeText("Pathname of signature policy file", { where: "local", completion: "file" }),
    credentials: maybeJson<RegistryAuth>("Credentials to use for authenticating to a registry", { header: "X-Registry-Auth" }),
  },
  output: output<PullItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/images/pull" },
});
