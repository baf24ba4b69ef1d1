import { defineOperation, filters, output } from "../kit.ts";
import type { Network } from "../types/network.ts";

/** Sorted by name. Filters: name, id, driver, label, label!, until, dangling. */
export const list = defineOperation({
  name: "network.list",
  summary: "List networks",
  input: { filters: filters("Only networks that match (name=value)") },
  output: output<readonly Network[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/networks/json" },
});
