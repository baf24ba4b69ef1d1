import { defineOperation, nothing, text } from "../kit.ts";

/** `not-modified` when it is initialized already. */
export const init = defineOperation({
  name: "container.init",
  summary: "Prepare a container without starting it",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "not-modified", "failed-precondition"],
  libpod: { method: "POST", path: "/containers/{ref}/init", status: 204 },
});
