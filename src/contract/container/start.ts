import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/** `not-modified` when it runs already: callers that want "make sure it runs" treat that as success. */
export const start = defineOperation({
  name: "container.start",
  summary: "Start a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    detachKeys: maybeText("Keys that leave the container running and return: characters, or ctrl-<value>, separated by commas"),
    recursive: toggle("Start the containers that this one depends on first; on by default"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "not-modified", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/start", status: 204 },
});
