import { push as operation } from "../../../contract/manifest/push.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";
import { tlsFlags } from "../../manifest/flags.ts";

const { authfile, certDir, creds } = registryFlags;

export const manifestPushCommand = defineCommand({
  paths: ["manifest push"],
  summary: operation.summary,
  description: "Images that the list found on registries are copied from there. DESTINATION may begin with a transport; without it, the list's name is taken.",
  usage: "[options] LIST DESTINATION",
  args: { min: 1, max: 2, completion: "image" },
  flags: {
    addCompression: { kind: "csv", name: "add-compression", default: [], field: operation.input.addCompression, completion: ["gzip", "zstd", "zstd:chunked"] },
    all: { kind: "bool", name: "all", default: true, field: operation.input.all },
    authfile, certDir,
    compressionFormat: { kind: "string", name: "compression-format", field: operation.input.compressionFormat, completion: ["gzip", "zstd", "zstd:chunked"] },
    compressionLevel: { kind: "int", name: "compression-level", field: operation.input.compressionLevel },
    creds,
    digestfile: { kind: "string", name: "digestfile", doc: "Write the digest of the pushed list to this file", completion: "file" },
    forceCompression: { kind: "bool", name: "force-compression", default: false, field: operation.input.forceCompressionFormat },
    format: { kind: "string", name: "format", short: "f", field: operation.input.format, completion: ["oci", "v2s2"] },
    purge: { kind: "bool", name: "purge", short: "p", default: false, doc: "Remove the list when it is pushed", hidden: true },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, field: operation.input.quiet },
    removeSignatures: { kind: "bool", name: "remove-signatures", default: false, field: operation.input.removeSignatures },
    rm: { kind: "bool", name: "rm", default: false, doc: "Remove the list when it is pushed" },
    signBy: { kind: "string", name: "sign-by", field: operation.input.signBy, where: "local" },
    signBySigstore: { kind: "string", name: "sign-by-sigstore", placeholder: "PATH", doc: "Sign with the key that a sigstore parameter file names", where: "local", completion: "file" },
    signBySigstorePrivateKey: { kind: "string", name: "sign-by-sigstore-private-key", placeholder: "PATH", field: operation.input.signBySigstorePrivateKey, where: "local" },
    signBySqFingerprint: { kind: "string", name: "sign-by-sq-fingerprint", placeholder: "FINGERPRINT", field: operation.input.signBySqFingerprint, where: "local" },
    signPassphraseFile: { kind: "string", name: "sign-passphrase-file", placeholder: "PATH", field: operation.input.signPassphraseFile, where: "local" },
    ...tlsFlags,
  },
  examples: ["podman manifest push mylist:v1.11 docker://quay.io/myuser/image:v1.11"],
  run: async (context, args, flags) => (await import("../../manifest/push.ts")).pushList(context, args, flags),
});
