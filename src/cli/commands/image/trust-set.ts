import { defineCommand } from "../../kit/types.ts";

export const imageTrustSetCommand = defineCommand({
  paths: ["image trust set"],
  summary: "Say which signatures images need",
  description: "Replaces the requirements of a registry, repository or image, or of everything else (default), in policy.json.",
  usage: "[options] REGISTRY",
  args: { min: 1, max: 1, completion: "registry" },
  flags: {
    policyPath: { kind: "string", name: "policypath", aliases: ["signature-policy"], doc: "Policy file", hidden: true, completion: "file" },
    pubKeysFile: { kind: "strings", name: "pubkeysfile", short: "f", doc: "File with public keys, by one of which images must be signed; several files are all needed", completion: "file" },
    type: { kind: "string", name: "type", short: "t", default: "signedBy", doc: "signedBy, sigstoreSigned, accept or reject", completion: ["accept", "reject", "signedBy", "sigstoreSigned"] },
  },
  where: "local",
  run: async (context, [scope = ""], flags) => (await import("../../image/trust.ts")).setTrust(context, scope, flags),
});
