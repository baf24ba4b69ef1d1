import { push as operation } from "../../../contract/image/push.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const pushCommand = defineCommand({
  paths: ["push", "image push"],
  summary: operation.summary,
  description: "Sends an image to the registry in its name, or to DESTINATION, which may begin with a transport (docker://, docker-archive:, oci:, dir:, ...).",
  usage: "[options] IMAGE [DESTINATION]",
  args: { min: 1, max: 2, completion: "image" },
  flags: {
    all: { kind: "bool", name: "all", default: false, field: operation.input.all, hidden: true },
    ...registryFlags,
    retry: { ...registryFlags.retry, doc: operation.input.retry.doc },
    retryDelay: { ...registryFlags.retryDelay, doc: operation.input.retryDelay.doc },
    compress: { kind: "bool", name: "compress", default: false, field: operation.input.compress },
    compressionFormat: { kind: "string", name: "compression-format", default: "gzip", field: operation.input.compressionFormat, configured: ({ engine }) => engine.compressionFormat, completion: ["gzip", "zstd", "zstd:chunked"] },
    compressionLevel: { kind: "int", name: "compression-level", field: operation.input.compressionLevel, configured: ({ engine }) => engine.compressionLevel },
    digestfile: { kind: "string", name: "digestfile", doc: "Write the digest of the pushed manifest to this file", completion: "file" },
    disableContentTrust: { kind: "bool", name: "disable-content-trust", default: false, doc: "Accepted for Docker's sake; does nothing" },
    encryptLayer: { kind: "csv", name: "encrypt-layer", placeholder: "ints", field: operation.input.encryptLayers, where: "local" },
    encryptionKey: { kind: "csv", name: "encryption-key", field: operation.input.encryptionKeys, where: "local" },
    forceCompression: { kind: "bool", name: "force-compression", default: false, field: operation.input.forceCompressionFormat },
    format: { kind: "string", name: "format", short: "f", field: operation.input.format, completion: ["oci", "v2s2"] },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, field: operation.input.quiet },
    removeSignatures: { kind: "bool", name: "remove-signatures", default: false, field: operation.input.removeSignatures },
    signBy: { kind: "string", name: "sign-by", field: operation.input.signBy, where: "local" },
    signBySigstore: { kind: "string", name: "sign-by-sigstore", placeholder: "PATH", doc: "Sign with the key that a sigstore parameter file names", where: "local", completion: "file" },
    signBySigstorePrivateKey: { kind: "string", name: "sign-by-sigstore-private-key", placeholder: "PATH", field: operation.input.signBySigstorePrivateKey, where: "local" },
    signBySqFingerprint: { kind: "string", name: "sign-by-sq-fingerprint", placeholder: "FINGERPRINT", field: operation.input.signBySqFingerprint, where: "local" },
    signPassphraseFile: { kind: "string", name: "sign-passphrase-file", placeholder: "PATH", field: operation.input.signPassphraseFile, where: "local" },
    signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
  },
  examples: ["podman push imageID docker://registry.example.com/repository:tag", "podman push imageID oci-archive:/path/to/layout:image:tag"],
  run: async (context, args, flags) => (await import("../../image/run-push.ts")).runPush(context, args, flags),
});
