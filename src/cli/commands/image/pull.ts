import { pull as operation } from "../../../contract/image/pull.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const pullCommand = defineCommand({
  paths: ["pull", "image pull"],
  summary: operation.summary,
  description: "Fetches images by tag or digest; `latest` is the tag when there is none. A name may begin with a transport (docker-archive:, oci:, dir:, ...).",
  usage: "[options] IMAGE [IMAGE...]",
  args: { min: 1, completion: "image" },
  flags: {
    allTags: { kind: "bool", name: "all-tags", short: "a", default: false, field: operation.input.allTags },
    arch: { kind: "string", name: "arch", placeholder: "ARCH", field: operation.input.arch },
    ...registryFlags,
    retry: { ...registryFlags.retry, doc: operation.input.retry.doc },
    retryDelay: { ...registryFlags.retryDelay, doc: operation.input.retryDelay.doc },
    decryptionKey: { kind: "csv", name: "decryption-key", field: operation.input.decryptionKeys, where: "local" },
    disableContentTrust: { kind: "bool", name: "disable-content-trust", default: false, doc: "Accepted for Docker's sake; does nothing" },
    os: { kind: "string", name: "os", placeholder: "OS", field: operation.input.os },
    platform: { kind: "string", name: "platform", doc: "Choose the image for this platform (OS/ARCH[/VARIANT])" },
    policy: { kind: "string", name: "policy", default: "always", doc: "When to pull: always, missing, never or newer", completion: ["always", "missing", "never", "newer"] },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, field: operation.input.quiet },
    signaturePolicy: { kind: "string", name: "signature-policy", doc: "Signature policy file", hidden: true, completion: "file" },
    variant: { kind: "string", name: "variant", placeholder: "VARIANT", field: operation.input.variant },
  },
  examples: ["podman pull imageName", "podman pull fedora:latest"],
  run: async (context, args, flags) => {
    const { runPull } = await import("../../image/run-pull.ts");
    const { eachOrFail } = await import("../../image/each.ts");
    return eachOrFail(context, args, async (ref) => (await runPull(context, ref, flags, flags.policy)).map((id) => `${id}\n`).join(""));
  },
});
