import { defineOperation, nothing, text } from "../kit.ts";

export const pause = defineOperation({
  name: "container.pause",
  summary: "Freeze a container's processes",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/pause", status: 204 },
});
