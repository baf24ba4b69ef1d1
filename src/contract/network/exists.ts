import { defineOperation, nothing, text } from "../kit.ts";

/** Succeeds when there is one, else fails with `not-found/no-such-network`. */
export const exists = defineOperation({
  name: "network.exists",
  summary: "Tell whether a network exists",
  input: { ref: text("Name or id of the network", { completion: "network" }) },
  output: nothing,
  kind: "value",
  errors: ["not-found"],
  libpod: { method: "GET", path: "/networks/{ref}/exists", status: 204 },
});
