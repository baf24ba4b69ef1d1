import { defineOperation, output } from "../kit.ts";
import type { DiskUsage } from "../types/disk-usage.ts";

export const df = defineOperation({
  name: "system.df",
  summary: "Show how much disk images, containers and volumes use",
  input: {},
  output: output<DiskUsage>(),
  kind: "value",
  libpod: { method: "GET", path: "/system/df" },
});
