import { defineOperation, output, text } from "../kit.ts";
import type { InspectExec } from "../types/container-inspect.ts";

export const inspect = defineOperation({
  name: "exec.inspect",
  summary: "Show an exec session",
  input: { id: text("Id of the session") },
  output: output<InspectExec>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/exec/{id}/json" },
});
