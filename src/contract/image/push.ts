import { defineOperation, integer, list, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { PushItem, RegistryAuth } from "../types/image-reports.ts";

/** Pushes one image to a registry, or to any transport when the destination names one. */
export const push = defineOperation({
  name: "image.push",
  summary: "Send a local image to a registry or another place",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    destination: maybeText("Where to push it; the image's own name by default"),
    format: maybeText("Write the manifest as oci or v2s2; by default as the image has it"),
    compressionFormat: maybeText("The compression format to use"),
    compressionLevel: integer("The compression level to use"),
    forceCompressionFormat: toggle("Compress again what the destination already has in another form"),
    compress: toggle("Compress the layers of a directory", { where: "local" }),
    encryptionKeys: list("Encrypt layers for this key (jwe:FILE, pkcs7:FILE or pgp:NAME)", { where: "local" }),
    encryptLayers: maybeJson<readonly number[]>("Positions of the layers to encrypt, negative ones from the end; all by default", { where: "local" }),
    all: toggle("Push every image of a manifest list"),
    quiet: toggle("Show no progress"),
    removeSignatures: toggle("Leave signatures behind"),
    signBy: maybeText("Add a signature made with this GnuPG key", { where: "local" }),
    signBySqFingerprint: maybeText("Add a signature made with the Sequoia-PGP key of this fingerprint", { where: "local" }),
    signBySigstorePrivateKey: maybeText("Add a sigstore signature made with the private key in this file", { where: "local", completion: "file" }),
    signPassphrase: maybeText("Passphrase of the sigstore key", { where: "local" }),
    signPassphraseFile: maybeText("File with the passphrase of the signing key", { where: "local", completion: "file" }),
    tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
    retry: integer("How often to try again after a failure when performing push"),
    retryDelay: maybeText("Pause between tries after push failures"),
    authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { where: "local", completion: "file" }),
    certDir: maybeText("Directory with TLS certificates and keys", { where: "local", completion: "directory" }),
    credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
  },
  output: output<PushItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"],
  libpod: { method: "POST", path: "/images/{ref}/push" },
});
