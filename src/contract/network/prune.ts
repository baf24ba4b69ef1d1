import { defineOperation, filters, output } from "../kit.ts";
import type { NetworkPruneReport } from "../types/network.ts";

export const prune = defineOperation({
  name: "network.prune",
  summary: "Prune unused networks",
  input: { filters: filters("Only what matches") },
  output: output<readonly NetworkPruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/networks/prune" },
});
