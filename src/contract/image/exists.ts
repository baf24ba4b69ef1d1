import { defineOperation, nothing, text } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-image`. */
export const exists = defineOperation({
  name: "image.exists",
  summary: "Find out whether an image is in local storage",
  input: { ref: text("Name or id of the image", { completion: "image" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/images/{ref}/exists", status: 204 },
});
