import { defineOperation, output, text } from "../kit.ts";
import type { InspectPod } from "../types/pod.ts";

export const inspect = defineOperation({
  name: "pod.inspect",
  summary: "Show everything about a pod",
  input: { ref: text("Name or id of the pod", { completion: "pod" }) },
  output: output<InspectPod>(),
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/pods/{ref}/json" },
});
