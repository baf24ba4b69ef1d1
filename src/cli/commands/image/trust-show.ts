import { defineCommand } from "../../kit/types.ts";

export const imageTrustShowCommand = defineCommand({
  paths: ["image trust show"],
  summary: "Show which signatures images need",
  description: "One line per requirement of policy.json, with the owners of its keys and the place of the signatures.",
  usage: "[options] [REGISTRY]",
  args: { min: 0, max: 1, completion: "registry" },
  flags: {
    json: { kind: "bool", name: "json", short: "j", default: false, doc: "Print as JSON" },
    noheading: { kind: "bool", name: "noheading", short: "n", default: false, doc: "Print no column headings" },
    policyPath: { kind: "string", name: "policypath", aliases: ["signature-policy"], doc: "Policy file", hidden: true, completion: "file" },
    raw: { kind: "bool", name: "raw", default: false, doc: "Print the policy file itself" },
    registryPath: { kind: "string", name: "registrypath", doc: "Directory of signature places (registries.d)", hidden: true, completion: "directory" },
  },
  where: "local",
  run: async (context, _args, flags) => (await import("../../image/trust.ts")).showTrust(context, flags),
});
