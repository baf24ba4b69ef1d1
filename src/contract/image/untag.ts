import { defineOperation, maybeText, nothing, text } from "../kit.ts";

/** Takes one name away, or all names when none is given. The image stays. */
export const untag = defineOperation({
  name: "image.untag",
  summary: "Take a name away from a local image",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    repo: maybeText("Name to remove, with its tag or without"),
    tag: maybeText("Tag of the name to remove"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/images/{ref}/untag", status: 201 },
});
