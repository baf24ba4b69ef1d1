import { defineOperation, integer, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { PushItem, RegistryAuth } from "../types/image-reports.ts";

/** Pushes one image to a registry, or to any transport when the destination names one. */
export const push = defineOperation({
  name: "image.push",
  summary: "Push an image to a specified destination",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    destination: maybeText("Where to push it; the image's own name by default"),
    format: maybeText("Manifest type (oci, v2s2, or v2s1) to use in the destination (default is manifest type of source, with fallbacks)"),
    compressionFormat: maybeText("compression format to use"),
    compressionLevel: integer("compression level to use"),
    forceCompressionFormat: toggle("Use the specified compression algorithm even if the destination contains a differently-compressed variant already"),
    compress: toggle("Compress tarball image layers when pushing to a directory using the 'dir' transport. (default is same compression type as source)", { where: "local" }),
    all: toggle("Also push the images in the list"),
    quiet: toggle("Suppress output information when pushing images"),
    removeSignatures: toggle("Discard any pre-existing signatures in the image"),
    tlsVerify: toggle("Require HTTPS and verify certificates when contacting registries"),
    retry: integer("number of times to retry in case of failure when performing push"),
    retryDelay: maybeText("delay between retries in case of push failures"),
    authFile: maybeText("Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override", { where: "local", completion: "file" }),
    certDir: maybeText("Path to a directory containing TLS certificates and keys", { where: "local", completion: "directory" }),
    credentials: maybeJson<RegistryAuth>("Credentials to use for authenticating to a registry", { header: "X-Registry-Auth" }),
  },
  output: output<PushItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"],
  libpod: { method: "POST", path: "/images/{ref}/push" },
});
