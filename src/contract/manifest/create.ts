import { defineOperation, list, map, output, text, toggle } from "../kit.ts";

/** Makes a list, empty or of images. A failure leaves no new list behind. */
export const create = defineOperation({
  name: "manifest.create",
  summary: "Create a manifest list or image index",
  input: {
    name: text("Name of the list", { completion: "image" }),
    images: list("Images to add, with a transport or without", { completion: "image" }),
    all: toggle("Add every image of images that are lists themselves"),
    amend: toggle("Change the list of that name if there is one"),
    annotations: map("Annotations of the list"),
    tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
  },
  output: output<{ readonly Id: string }>(),
  kind: "value",
  errors: ["already-exists", "not-found", "invalid-argument", "unauthenticated", "unavailable"],
  libpod: { method: "POST", path: "/manifests/{name}", status: 201 },
});
