import { defineOperation, nothing, text } from "../kit.ts";

export const rename = defineOperation({
  name: "container.rename",
  summary: "Give a container another name",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    name: text("New name", { completion: "none" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/rename", status: 204 },
});
