import { defineOperation, integer, nothing, text, toggle } from "../kit.ts";

/** `not-modified` when it does not run: callers that want "make sure it is stopped" treat that as success. */
export const stop = defineOperation({
  name: "container.stop",
  summary: "Stop a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    timeout: integer("Seconds until the container is killed", { unit: "seconds" }),
    ignore: toggle("A container that does not exist is no error"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "not-modified", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/stop", status: 204 },
});
