import { defineOperation, filters, output } from "../kit.ts";
import type { InspectVolume } from "../types/volume.ts";

export const list = defineOperation({
  name: "volume.list",
  summary: "List volumes",
  input: { filters: filters("Filter volume output") },
  output: output<readonly InspectVolume[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/volumes/json" },
});
