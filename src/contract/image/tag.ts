import { defineOperation, maybeText, nothing, text } from "../kit.ts";

/** Adds a name; moves it when another image has it. */
export const tag = defineOperation({
  name: "image.tag",
  summary: "Give a local image another name",
  input: {
    ref: text("Name or id of the image", { completion: "image" }),
    repo: text("New name, with its tag or without"),
    tag: maybeText("Tag of the new name"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/images/{ref}/tag", status: 201 },
});
