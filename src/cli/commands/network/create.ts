import { create as operation } from "../../../contract/network/create.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkCreate = defineCommand({
  paths: ["network create"],
  summary: operation.summary,
  usage: "[options] [NAME]",
  args: { min: 0, max: 1, completion: "none" },
  examples: ["podman network create podman1"],
  flags: {
    driver: { name: "driver", short: "d", kind: "string", default: "bridge", doc: "driver to manage the network", completion: ["bridge", "macvlan", "ipvlan"] },
    options: { name: "opt", short: "o", kind: "strings", doc: "Set driver specific options (default [])", completion: "none" },
    gateways: { name: "gateway", kind: "csv", doc: "IPv4 or IPv6 gateway for the subnet", placeholder: "ipSlice", completion: "none" },
    internal: { name: "internal", kind: "bool", default: false, doc: "restrict external access from this network" },
    ranges: { name: "ip-range", kind: "strings", doc: "allocate container IP from range", completion: "none" },
    macvlan: { name: "macvlan", kind: "string", doc: "create a Macvlan connection based on this device", hidden: true },
    labels: { name: "label", kind: "strings", doc: "set metadata on a network", completion: "none" },
    ipamDriver: { name: "ipam-driver", kind: "string", doc: "IP Address Management Driver", completion: ["host-local", "dhcp", "none"] },
    ipv6: { name: "ipv6", kind: "bool", default: false, doc: "enable IPv6 networking" },
    subnets: { name: "subnet", kind: "strings", doc: "subnets in CIDR format", completion: "none" },
    routes: { name: "route", kind: "strings", doc: "static routes", completion: "none" },
    interfaceName: { name: "interface-name", kind: "string", doc: "interface name which is used by the driver", completion: "interface" },
    disableDns: { name: "disable-dns", kind: "bool", default: false, doc: "disable dns plugin" },
    ignore: { name: "ignore", kind: "bool", default: false, field: operation.input.ignoreIfExists },
    dns: { name: "dns", kind: "csv", doc: "DNS servers this network will use", completion: "none" },
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
