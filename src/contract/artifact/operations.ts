import { defineOperation, list as texts, map, maybeJson, maybeText, integer, nothing, output, text, toggle } from "../kit.ts";
import type { ImageManifest } from "../types/oci.ts";
import type { RegistryAuth } from "../types/image-reports.ts";

/** One artifact of the store. Field names are Podman's. */
export interface Artifact { readonly Manifest: ImageManifest; readonly Name: string; readonly Digest: string }

const localOnly = "artifacts are handled on the machine that keeps them";
const ref = text("Name or digest of the artifact");
const registry = {
  authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { completion: "file" }),
  certDir: maybeText("Directory with TLS certificates and keys", { completion: "directory" }),
  credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
  tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
  retry: integer("How often to try again after a failure"),
  retryDelay: maybeText("Pause between such tries"),
};

/** Stores files as one artifact; returns its digest. With `append` the artifact gets further files and a new digest. */
export const add = defineOperation({
  name: "artifact.add",
  summary: "Store files as an OCI artifact",
  input: {
    name: text("Name of the artifact"), paths: texts("Files"),
    type: maybeText("Media type of the artifact"), fileType: maybeText("Media type of the files; found out by their content otherwise"), annotations: map("Annotations of the files"),
    append: toggle("Add the files to an artifact that exists"), replace: toggle("Take the place of an artifact that exists"),
  },
  output: output<{ readonly ArtifactDigest: string }>(), kind: "value",
  errors: ["not-found", "already-exists", "invalid-argument"], libpod: { localOnly },
});

export const list = defineOperation({ name: "artifact.list", summary: "List OCI artifacts", input: {}, output: output<readonly Artifact[]>(), kind: "value", libpod: { localOnly } });

export const inspect = defineOperation({ name: "artifact.inspect", summary: "Show an OCI artifact", input: { ref }, output: output<Artifact>(), kind: "value", errors: ["not-found"], libpod: { localOnly } });

/** Removes artifacts and the blobs that no other needs; returns the digests. */
export const remove = defineOperation({
  name: "artifact.remove",
  summary: "Remove OCI artifacts",
  input: { refs: texts("Names or digests of artifacts"), all: toggle("Remove every artifact"), ignore: toggle("Skip artifacts that do not exist") },
  output: output<{ readonly ArtifactDigests: readonly string[] }>(), kind: "value", errors: ["not-found"], libpod: { localOnly },
});

/** Writes one file, or all files into a directory. */
export const extract = defineOperation({
  name: "artifact.extract",
  summary: "Write the files of an OCI artifact",
  input: { ref, path: text("File or directory to write to", { completion: "file" }), title: maybeText("Write only the file of this title"), digest: maybeText("Write only the file of this digest") },
  output: nothing, kind: "value", errors: ["not-found", "invalid-argument", "data-loss"], libpod: { localOnly },
});

export const pull = defineOperation({
  name: "artifact.pull",
  summary: "Fetch an OCI artifact from a registry",
  input: { name: text("Name of the artifact"), decryptionKeys: texts("Key to decrypt it with (FILE[:passphrase])"), ...registry },
  output: output<{ readonly ArtifactDigest: string }>(), kind: "value", errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"], libpod: { localOnly },
});

export const push = defineOperation({
  name: "artifact.push",
  summary: "Send an OCI artifact to a registry",
  input: {
    name: text("Name of the artifact"), ...registry,
    signBy: maybeText("Add a signature made with this GnuPG key"), signBySqFingerprint: maybeText("Add a signature made with the Sequoia-PGP key of this fingerprint"), signBySigstorePrivateKey: maybeText("Add a sigstore signature made with the private key in this file", { completion: "file" }),
    signPassphrase: maybeText("Passphrase of the sigstore key"), signPassphraseFile: maybeText("File with the passphrase of the signing key", { completion: "file" }),
  },
  output: output<{ readonly ArtifactDigest: string }>(), kind: "value", errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"], libpod: { localOnly },
});
