import { defineOperation, filters, output } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "container.prune",
  summary: "Remove every container that does not run",
  input: { filters: filters("Only what matches") },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/containers/prune" },
});
