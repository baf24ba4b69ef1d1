/** Flags of `run` and `create` about getting the image. */
import type { Flags } from "../kit/types.ts";

export const imageFlags = {
  arch: { kind: "string", name: "arch", placeholder: "ARCH", doc: "Choose the image for this architecture" },
  authfile: { kind: "string", name: "authfile", doc: "File with registry credentials", completion: "file" },
  certDir: { kind: "string", name: "cert-dir", placeholder: "Pathname", doc: "Directory with TLS certificates and keys", where: "local", completion: "directory" },
  creds: { kind: "string", name: "creds", placeholder: "credentials", doc: "USERNAME:PASSWORD for the registry" },
  decryptionKey: { kind: "csv", name: "decryption-key", doc: "Key to decrypt layers with (FILE[:passphrase])", where: "local" },
  os: { kind: "string", name: "os", placeholder: "OS", doc: "Choose the image for this operating system" },
  platform: { kind: "string", name: "platform", doc: "Choose the image for this platform (OS/ARCH[/VARIANT])" },
  pull: { kind: "string", name: "pull", default: "missing", doc: "When to pull the image", completion: ["always", "missing", "never", "newer"] },
  quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Do not show the progress of a pull" },
  retry: { kind: "uint", name: "retry", default: 3, doc: "How often to try again after a failure when performing pull", configured: ({ engine }) => engine.retries },
  retryDelay: { kind: "string", name: "retry-delay", doc: "Pause between tries after pull failures", configured: ({ engine }) => engine.retryDelay },
  signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
  tlsVerify: { kind: "bool", name: "tls-verify", doc: "Demand HTTPS and valid certificates of registries" },
  variant: { kind: "string", name: "variant", placeholder: "VARIANT", doc: "Choose the image for this variant of the architecture" },
} as const satisfies Flags;
