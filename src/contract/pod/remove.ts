import { defineOperation, integer, output, text, toggle } from "../kit.ts";
import type { PodRemoveReport } from "../types/pod.ts";

/** With its containers. Goes on after one that stays: `RemovedCtrs` and `Err` say what is left. */
export const remove = defineOperation({
  name: "pod.remove",
  summary: "Remove a pod",
  input: {
    ref: text("Name or id of the pod", { completion: "pod" }),
    force: toggle("Stop and remove containers that run"),
    ignore: toggle("A pod that does not exist is no error"),
    timeout: integer("Seconds until a container is killed", { unit: "seconds" }),
  },
  output: output<PodRemoveReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "DELETE", path: "/pods/{ref}" },
});
