import { defineOperation, list, nothing, text } from "../kit.ts";

export const update = defineOperation({
  name: "network.update",
  summary: "Change a network's DNS servers",
  input: {
    ref: text("Name or id of the network", { completion: "network" }),
    addDnsServers: list("DNS servers for the network to use as well", { wire: "adddnsservers" }),
    removeDnsServers: list("DNS servers for the network to use no more", { wire: "removednsservers" }),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument"],
  libpod: { method: "POST", path: "/networks/{ref}/update", status: 204, body: "*" },
});
