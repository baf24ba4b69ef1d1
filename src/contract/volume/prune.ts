import { defineOperation, filters, output } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "volume.prune",
  summary: "Remove every volume that no container uses",
  input: { filters: filters("Only what matches") },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/volumes/prune" },
});
