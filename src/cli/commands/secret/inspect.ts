import { defineCommand } from "../../kit/types.ts";

export const inspectSecretCommand = defineCommand({
  paths: ["secret inspect"],
  summary: "Show facts about secrets",
  usage: "[options] SECRET [SECRET...]",
  args: { min: 1, completion: "secret" },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "A Go template" },
    pretty: { kind: "bool", name: "pretty", default: false, doc: "Show it for people" },
    showsecret: { kind: "bool", name: "showsecret", default: false, doc: "Show the secrets themselves too" },
  },
  examples: ["podman secret inspect mysecret", "podman secret inspect --format \"{{.Spec.Name}}\" mysecret"],
  run: async (context, args, flags) => (await import("../../list/inspect-secret.ts")).inspectSecrets(context, args, flags),
});
