import { defineOperation, integer, nothing, text } from "../kit.ts";

export const resize = defineOperation({
  name: "exec.resize",
  summary: "Set the size of an exec session's terminal",
  input: { id: text("Id of the session"), height: integer("Rows", { wire: "h" }), width: integer("Columns", { wire: "w" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/exec/{id}/resize", status: 201 },
});
