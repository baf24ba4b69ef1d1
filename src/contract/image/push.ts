import { defineOperation, integer, list, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { PushItem } from "../types/image-reports.ts";
import { registryFields, signingFields } from "./registry-fields.ts";

/** Pushes one image to a registry, or to any transport when the destination names one. */
export const push = defineOperation({
  name: "image.push",
  summary: "Send a local image to a registry or another place",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    destination: maybeText("Where to push it; the image's own name by default"),
    format: maybeText("Write the manifest as oci or v2s2; by default as the image has it"),
    compressionFormat: maybeText("The compression format to use"),
    compressionLevel: integer("The compression level to use"),
    forceCompressionFormat: toggle("Compress again what the destination already has in another form"),
    compress: toggle("Compress the layers of a directory", { where: "local" }),
    encryptionKeys: list("Encrypt layers for this key (jwe:FILE, pkcs7:FILE or pgp:NAME)", { where: "local" }),
    encryptLayers: maybeJson<readonly number[]>("Positions of the layers to encrypt, negative ones from the end; all by default", { where: "local" }),
    all: toggle("Push every image of a manifest list"),
    quiet: toggle("Show no progress"),
    ...signingFields,
    ...registryFields,
    retry: integer("How often to try again after a failure when performing push"),
    retryDelay: maybeText("Pause between tries after push failures"),
  },
  output: output<PushItem>(),
  kind: "stream",
  errors: ["not-found", "unauthenticated", "permission-denied", "unavailable", "invalid-argument"],
  libpod: { method: "POST", path: "/images/{ref}/push" },
});
