import { push as operation } from "../../../contract/artifact/operations.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const artifactPushCommand = defineCommand({
  paths: ["artifact push"],
  summary: operation.summary,
  usage: "[options] ARTIFACT",
  args: { min: 1, max: 1 },
  flags: {
    ...registryFlags,
    digestfile: { kind: "string", name: "digestfile", doc: "Write the digest of the pushed manifest to this file", completion: "file" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no progress" },
    signBy: { kind: "string", name: "sign-by", field: operation.input.signBy },
    signBySigstore: { kind: "string", name: "sign-by-sigstore", placeholder: "PATH", doc: "Sign with the key that a sigstore parameter file names", completion: "file" },
    signBySigstorePrivateKey: { kind: "string", name: "sign-by-sigstore-private-key", placeholder: "PATH", field: operation.input.signBySigstorePrivateKey },
    signBySqFingerprint: { kind: "string", name: "sign-by-sq-fingerprint", placeholder: "FINGERPRINT", field: operation.input.signBySqFingerprint },
    signPassphraseFile: { kind: "string", name: "sign-passphrase-file", placeholder: "PATH", field: operation.input.signPassphraseFile },
  },
  where: "local",
  examples: ["podman artifact push quay.io/myimage/myartifact:latest"],
  run: async (context, [name = ""], flags) => (await import("../../artifact/transfer.ts")).pushArtifact(context, name, flags),
});
