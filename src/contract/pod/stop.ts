import { defineOperation, integer, output, text } from "../kit.ts";
import type { PodReport } from "../types/pod.ts";

/** Goes on after a container that fails: `Errs` says what was not done. */
export const stop = defineOperation({
  name: "pod.stop",
  summary: "Stop the containers of a pod",
  input: {
    ref: text("Name or id of the pod", { completion: "pod" }),
    timeout: integer("Seconds until a container is killed", { unit: "seconds", wire: "t" }),
  },
  output: output<PodReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "POST", path: "/pods/{ref}/stop" },
});
