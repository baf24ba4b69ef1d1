import { defineOperation, filters, output } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "volume.prune",
  summary: "Remove all unused volumes",
  input: { filters: filters("Provide filter values (e.g. 'label=<key>=<value>')") },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/volumes/prune" },
});
