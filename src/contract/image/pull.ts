import { defineOperation, integer, list, maybeText, output, text, toggle } from "../kit.ts";
import type { PullItem } from "../types/image-reports.ts";
import { registryFields } from "./registry-fields.ts";

/** Pulls one name (or all tags of a repository) into storage. A failure is thrown at the end of the stream. */
export const pull = defineOperation({
  name: "image.pull",
  summary: "Fetch an image into local storage",
  input: {
    ref: text("Name of the image, with a transport or without", { wire: "reference", completion: "image" }),
    allTags: toggle("Pull every tag of the repository"),
    arch: maybeText("Choose the image for this architecture", { wire: "Arch" }),
    os: maybeText("Choose the image for this operating system", { wire: "OS" }),
    variant: maybeText("Choose the image for this variant of the architecture", { wire: "Variant" }),
    policy: maybeText("When to pull: always, missing, never or newer"),
    decryptionKeys: list("Key to decrypt layers with (FILE[:passphrase])", { where: "local" }),
    quiet: toggle("Show no progress"),
    ...registryFields,
    retry: integer("How often to try again after a failure when performing pull"),
    retryDelay: maybeText("Pause between tries after pull failures"),
    signaturePolicy: maybeText("Signature policy file", { where: "local", completion: "file" }),
  },
  output: output<PullItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument", "data-loss"],
  libpod: { method: "POST", path: "/images/pull" },
});
