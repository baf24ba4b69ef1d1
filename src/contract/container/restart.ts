import { defineOperation, integer, nothing, text } from "../kit.ts";

export const restart = defineOperation({
  name: "container.restart",
  summary: "Restart one or more containers",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    timeout: integer("Seconds to wait for stop before killing the container", { unit: "seconds" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/restart", status: 204 },
});
