import { defineOperation, filters, output } from "../kit.ts";
import type { PruneReport } from "../types/container-list.ts";

export const prune = defineOperation({
  name: "container.prune",
  summary: "Remove all non running containers",
  input: { filters: filters("Provide filter values (e.g. 'label=<key>=<value>')") },
  output: output<readonly PruneReport[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "POST", path: "/containers/prune" },
});
