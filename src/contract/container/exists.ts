import { defineOperation, nothing, text, toggle } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-container`. */
export const exists = defineOperation({
  name: "container.exists",
  summary: "Tell whether a container exists",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    external: toggle("Look at other tools' containers in the storage too"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/containers/{ref}/exists", status: 204 },
});
