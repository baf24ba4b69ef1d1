import { defineOperation, filters, output, toggle } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "volume.prune",
  summary: "Remove volumes that no container uses",
  input: { filters: filters("Only what matches; anonymous volumes without any"), dryRun: toggle("Only tell what would be removed", { wire: "dryrun" }) },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/volumes/prune" },
});
