import { create as operation } from "../../../contract/network/create.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkCreate = defineCommand({
  paths: ["network create"],
  summary: operation.summary,
  usage: "[options] [NAME]",
  args: { min: 0, max: 1, completion: "none" },
  examples: ["podman network create podman1"],
  flags: {
    driver: { name: "driver", short: "d", kind: "string", default: "bridge", doc: "Network driver", completion: ["bridge", "macvlan", "ipvlan"] },
    options: { name: "opt", short: "o", kind: "strings", doc: "Option of the driver (name=value)", completion: "none" },
    gateways: { name: "gateway", kind: "csv", doc: "Gateway of the subnet before it", placeholder: "ipSlice", completion: "none" },
    internal: { name: "internal", kind: "bool", default: false, doc: "Give its containers no way out" },
    ranges: { name: "ip-range", kind: "strings", doc: "Range that addresses are taken from", completion: "none" },
    macvlan: { name: "macvlan", kind: "string", doc: "Make a Macvlan network over this device", hidden: true },
    labels: { name: "label", kind: "strings", doc: "Set a label (key=value)", completion: "none" },
    ipamDriver: { name: "ipam-driver", kind: "string", doc: "Who gives the addresses", completion: ["host-local", "dhcp", "none"] },
    ipv6: { name: "ipv6", kind: "bool", default: false, doc: "enable IPv6 networking" },
    subnets: { name: "subnet", kind: "strings", doc: "Subnet (CIDR)", completion: "none" },
    routes: { name: "route", kind: "strings", doc: "static routes", completion: "none" },
    interfaceName: { name: "interface-name", kind: "string", doc: "Interface that the driver works with", completion: "interface" },
    disableDns: { name: "disable-dns", kind: "bool", default: false, doc: "disable dns plugin" },
    ignore: { name: "ignore", kind: "bool", default: false, field: operation.input.ignoreIfExists },
    dns: { name: "dns", kind: "csv", doc: "Name server that this network asks", completion: "none" },
  },
  run: async (context, [name], flags) => {
    const { networkRequest } = await import("../../create/network-request.ts");
    if (flags.macvlan !== undefined && flags.macvlan !== "") {
      const { logger } = await import("../../log.ts");
      await logger(context.global.logLevel)("warn", "The --macvlan option is deprecated, use `--driver macvlan --opt parent=<device>` instead");
    }
    const created = await (await context.engine()).network.create({ network: networkRequest(name, flags), ignoreIfExists: flags.ignore });
    await context.out.write(`${created.name}\n`);
  },
});
