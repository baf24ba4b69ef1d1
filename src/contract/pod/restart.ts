import { defineOperation, output, text } from "../kit.ts";
import type { PodReport } from "../types/pod.ts";

/** Goes on after a container that fails: `Errs` says what was not done. */
export const restart = defineOperation({
  name: "pod.restart",
  summary: "Restart the containers of a pod",
  input: { ref: text("Name or id of the pod", { completion: "pod" }) },
  output: output<PodReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/pods/{ref}/restart" },
});
