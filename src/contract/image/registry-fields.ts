/** Input that every operation on a registry takes, declared once: how to get in, and how to sign what is pushed. */
import { maybeJson, maybeText, toggle } from "../kit.ts";
import type { RegistryAuth } from "../types/image-reports.ts";

export const registryFields = {
  tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
  authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { where: "local", completion: "file" }),
  certDir: maybeText("Directory with TLS certificates and keys", { where: "local", completion: "directory" }),
  credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
} as const;

export const signingFields = {
  removeSignatures: toggle("Leave signatures behind"),
  signBy: maybeText("Add a signature made with this GnuPG key", { where: "local" }),
  signBySqFingerprint: maybeText("Add a signature made with the Sequoia-PGP key of this fingerprint", { where: "local" }),
  signBySigstorePrivateKey: maybeText("Add a sigstore signature made with the private key in this file", { where: "local", completion: "file" }),
  signPassphrase: maybeText("Passphrase of the sigstore key", { where: "local" }),
  signPassphraseFile: maybeText("File with the passphrase of the signing key", { where: "local", completion: "file" }),
} as const;
