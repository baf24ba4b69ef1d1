import { defineOperation, list, nothing, text } from "../kit.ts";

export const update = defineOperation({
  name: "network.update",
  summary: "Update an existing podman network",
  input: {
    ref: text("Name or id of the network", { completion: "network" }),
    addDnsServers: list("Add network level nameservers", { wire: "adddnsservers" }),
    removeDnsServers: list("Remove network level nameservers", { wire: "removednsservers" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/networks/{ref}/update", status: 204, body: "*" },
});
