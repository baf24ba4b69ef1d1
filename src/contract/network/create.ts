import { defineOperation, json, output, toggle } from "../kit.ts";
import type { Network } from "../types/network.ts";

/** The body is the network with what is known of it; the engine fills in the rest. */
export const create = defineOperation({
  name: "network.create",
  summary: "Make a network",
  input: {
    network: json<Partial<Network>>("Definition; absent parts are chosen"),
    ignoreIfExists: toggle("A network of that name is no failure", { wire: "ignoreIfExists" }),
  },
  output: output<Network>(),
  kind: "value",
  errors: ["already-exists", "invalid-argument", "failed-precondition"],
  libpod: { method: "POST", path: "/networks/create", body: "network" },
});
