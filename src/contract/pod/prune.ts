import { defineOperation, output } from "../kit.ts";
import type { PodRemoveReport } from "../types/pod.ts";

export const prune = defineOperation({
  name: "pod.prune",
  summary: "Remove pods of which nothing runs",
  input: {},
  output: output<readonly PodRemoveReport[]>(),
  kind: "value",
  libpod: { method: "POST", path: "/pods/prune" },
});
