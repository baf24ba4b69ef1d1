import { defineOperation, output, text } from "../kit.ts";
import type { NetworkInspect } from "../types/network.ts";

export const inspect = defineOperation({
  name: "network.inspect",
  summary: "Inspect network",
  input: { ref: text("Name or id of the network", { completion: "network" }) },
  output: output<NetworkInspect>(),
  kind: "value",
  errors: ["not-found", "failed-precondition"],
  libpod: { method: "GET", path: "/networks/{ref}/json" },
});
