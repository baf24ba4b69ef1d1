import { defineOperation, integer, nothing, text } from "../kit.ts";

export const restart = defineOperation({
  name: "container.restart",
  summary: "Stop a container and start it again",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    timeout: integer("Seconds until the container is killed", { unit: "seconds" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/restart", status: 204 },
});
