import { defineOperation, filters, output } from "../kit.ts";
import type { ListPod } from "../types/pod.ts";

/** Newest first. Reads a snapshot: waits for no lock. */
export const list = defineOperation({
  name: "pod.list",
  summary: "List pods",
  input: { filters: filters("Show only what matches") },
  output: output<readonly ListPod[]>(),
  kind: "value",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/pods/json" },
});
