import { defineOperation, nothing, text, toggle } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-container`. */
export const exists = defineOperation({
  name: "container.exists",
  summary: "Check if a container exists in local storage",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    external: toggle("Check external storage containers as well as Podman containers"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/containers/{ref}/exists", status: 204 },
});
