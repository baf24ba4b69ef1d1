import { defineOperation, integer, nothing, text } from "../kit.ts";

/** Sets the terminal's size; quietly nothing for a container without a terminal. */
export const resize = defineOperation({
  name: "container.resize",
  summary: "Set the size of a container's terminal",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    height: integer("Rows", { wire: "h" }),
    width: integer("Columns", { wire: "w" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/containers/{ref}/resize" },
});
