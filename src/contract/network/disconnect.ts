import { defineOperation, nothing, text, toggle } from "../kit.ts";

export const disconnect = defineOperation({
  name: "network.disconnect",
  summary: "Take a container out of a network",
  input: {
    ref: text("Name or id of the network", { completion: "network" }),
    container: text("Name or id of the container", { wire: "Container", completion: "container" }),
    force: toggle("Disconnect whatever the container's state", { wire: "Force" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument", "failed-precondition"],
  libpod: { method: "POST", path: "/networks/{ref}/disconnect", body: "*" },
});
