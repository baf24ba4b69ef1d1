import { defineOperation, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { ResourcesCreate } from "../types/container-create.ts";

/** Nothing is left of the clone when the original was to be removed and could not be. A new image must be in the store already. */
export const clone = defineOperation({
  name: "container.clone",
  summary: "Make a container like another one",
  input: {
    ref: text("Name or id of the original", { completion: "container" }),
    name: maybeText("Name of the clone; NAME-clone when absent"),
    image: maybeText("Image to use instead of the original's"),
    pod: maybeText("Pod to put the clone into; it gives up settings that conflict with what the pod shares", { completion: "pod" }),
    resources: maybeJson<ResourcesCreate>("Limits that differ from the original's"),
    destroy: toggle("Remove the original"),
    force: toggle("Remove the original even if it runs"),
    run: toggle("Start the clone"),
  },
  output: output<string>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { localOnly: "Podman's API has no endpoint for clones" },
});
