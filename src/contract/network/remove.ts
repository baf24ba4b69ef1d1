import { defineOperation, integer, output, text, toggle } from "../kit.ts";
import type { NetworkRemoveReport } from "../types/network.ts";

/** One report, in a list as on the wire. */
export const remove = defineOperation({
  name: "network.remove",
  summary: "Remove networks",
  input: {
    ref: text("Name or id of the network", { completion: "network" }),
    force: toggle("Remove the containers that use it too"),
    timeout: integer("Seconds that a container has to stop before it is killed", { unit: "seconds" }),
  },
  output: output<readonly NetworkRemoveReport[]>(),
  kind: "value",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "DELETE", path: "/networks/{ref}" },
});
