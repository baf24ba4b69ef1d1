import { defineOperation, nothing, text } from "../kit.ts";

export const unpause = defineOperation({
  name: "container.unpause",
  summary: "Let a paused container go on",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/unpause", status: 204 },
});
