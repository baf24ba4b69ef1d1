import { defineOperation, integer, list, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { RegistryAuth } from "../types/image-reports.ts";
import type { ManifestPushItem } from "../types/manifest-list.ts";

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
    removeSignatures: toggle("Leave signatures behind"),
    signBy: maybeText("Add a signature made with this GnuPG key", { where: "local" }),
    signBySqFingerprint: maybeText("Add a signature made with the Sequoia-PGP key of this fingerprint", { where: "local" }),
    signBySigstorePrivateKey: maybeText("Add a sigstore signature made with the private key in this file", { where: "local", completion: "file" }),
    signPassphrase: maybeText("Passphrase of the sigstore key", { where: "local" }),
    signPassphraseFile: maybeText("File with the passphrase of the signing key", { where: "local", completion: "file" }),
    tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
    authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { where: "local", completion: "file" }),
    certDir: maybeText("Directory with TLS certificates and keys", { where: "local", completion: "directory" }),
    credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
  },
  output: output<ManifestPushItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"],
  libpod: { method: "POST", path: "/manifests/{name}/registry/{destination}" },
});
