import { defineOperation, output } from "../kit.ts";
import type { InfoReport } from "../types/info.ts";

export const info = defineOperation({
  name: "system.info",
  summary: "Show the host, the storage and the configuration",
  input: {},
  output: output<InfoReport>(),
  kind: "value",
  libpod: { method: "GET", path: "/info" },
});
