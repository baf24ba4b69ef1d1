import { defineOperation, integer, nothing, text, toggle } from "../kit.ts";

/** `not-modified` when it does not run: callers that want "make sure it is stopped" treat that as success. */
export const stop = defineOperation({
  name: "container.stop",
  summary: "Stop one or more containers",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    timeout: integer("Seconds to wait for stop before killing the container", { unit: "seconds" }),
    ignore: toggle("Ignore errors when a specified container is missing"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "not-modified", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/stop", status: 204 },
});
