import { defineOperation, nothing, text, toggle } from "../kit.ts";

export const remove = defineOperation({
  name: "exec.remove",
  summary: "Remove an exec session",
  input: { id: text("Id of the session"), force: toggle("End a running session first", { wire: "Force" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/exec/{id}/remove", body: "*" },
});
