import { defineOperation, list, map, maybeText, nothing, text } from "../kit.ts";

export const connect = defineOperation({
  name: "network.connect",
  summary: "Connect a container to one more network",
  input: {
    ref: text("Name or id of the network", { completion: "network" }),
    container: text("Name or id of the container", { completion: "container" }),
    aliases: list("Further name of the container on this network"),
    staticIps: list("Addresses on the network, at most one per subnet", { wire: "static_ips" }),
    staticMac: maybeText("MAC address on this network", { wire: "static_mac" }),
    interfaceName: maybeText("Name of the interface inside the container", { wire: "interface_name" }),
    options: map("Options of the network's driver for this container"),
  },
  output: nothing,
  kind: "value",
  errors: ["not-found", "invalid-argument", "conflict", "failed-precondition"],
  libpod: { method: "POST", path: "/networks/{ref}/connect", body: "*" },
});
