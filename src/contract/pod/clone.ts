import { defineOperation, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { PodCloneReport, PodCreate } from "../types/pod.ts";

/**
 * The clone shares named volumes with the original, and its containers depend on each other as those do. Nothing is left of it when
 * a container could not be made; it stays, and is told in the error, when the original could not be removed or the clone not be started.
 */
export const clone = defineOperation({
  name: "pod.clone",
  summary: "Make a pod like another one, with its containers",
  input: {
    ref: text("Name or id of the original", { completion: "pod" }),
    name: maybeText("Name of the clone; NAME-clone when absent"),
    changes: maybeJson<PodCreate>("What differs from the original; its infra container's mounts and devices come on top"),
    destroy: toggle("Remove the original, whether it runs or not"),
    start: toggle("Start the clone"),
  },
  output: output<PodCloneReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { localOnly: "Podman's API has no endpoint for clones" },
});
