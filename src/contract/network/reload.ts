import { defineOperation, output, text } from "../kit.ts";

/** Gives the container's full id. */
export const reload = defineOperation({
  name: "network.reload",
  summary: "Make a container's firewall rules and names anew",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: output<string>(),
  kind: "value",
  errors: ["not-found", "failed-precondition", "invalid-argument"],
  libpod: { localOnly: "podman has no route for it" },
});
