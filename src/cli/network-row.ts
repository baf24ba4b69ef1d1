/** Networks as Go templates see them: Go's field names. */
import type { Network, NetworkInspect, Subnet } from "../contract/types/network.ts";

/** A Go struct: fields by Go's names for templates, by its JSON names for `{{json .}}`. */
function struct(fields: Readonly<Record<string, unknown>>, wire: unknown): Record<string, unknown> {
  return Object.defineProperty({ ...fields }, "toJSON", { value: () => wire, enumerable: false });
}

/** Fields of Podman's `Network`. */
function goNetwork(network: Network): Record<string, unknown> {
  return {
    Name: network.name, Driver: network.driver, NetworkInterface: network.network_interface ?? "", Created: new Date(network.created),
    Subnets: (network.subnets ?? []).map((one) => struct({ Subnet: one.subnet, Gateway: one.gateway ?? "", LeaseRange: leaseRange(one.lease_range) }, one)),
    Routes: (network.routes ?? []).map((one) => struct({ Destination: one.destination, Gateway: one.gateway ?? "", Metric: one.metric ?? null }, one)),
    IPv6Enabled: network.ipv6_enabled, Internal: network.internal, DNSEnabled: network.dns_enabled, NetworkDNSServers: network.network_dns_servers ?? [],
    Options: network.options ?? {}, IPAMOptions: network.ipam_options ?? {},
  };
}

function leaseRange(range: Subnet["lease_range"]): Record<string, unknown> | null {
  return range === undefined ? null : struct({ StartIP: range.start_ip ?? "", EndIP: range.end_ip ?? "" }, range);
}

export interface NetworkRow { readonly ID: string; readonly Name: string; readonly Driver: string; readonly Labels: string }

/** A row of `network ls`: the id cut to 12 digits, labels as one text; `{{json .}}` is the network. */
export function networkRow(network: Network, isWhole: boolean): NetworkRow {
  const labels = Object.entries(network.labels ?? {}).map(([key, value]) => `${key}=${value}`).join(",");
  const row = { ID: isWhole ? network.id : network.id.slice(0, 12), Name: network.name, Driver: network.driver, Labels: labels };
  return { ...row, ...struct({ ...goNetwork(network), ...row }, network) } as NetworkRow;
}

/** What `network inspect --format` is about. */
export function networkReport(network: NetworkInspect): Record<string, unknown> {
  const containers = Object.entries(network.containers).map(([id, { name, interfaces }]) => {
    const devices = Object.entries(interfaces ?? {}).map(([device, one]) => [device, networkInterface(one)] as const);
    return [id, struct({ Name: name, Interfaces: Object.fromEntries(devices) }, { name, interfaces: Object.fromEntries(devices) })];
  });
  return struct({ ...goNetwork(network), ID: network.id, Labels: network.labels ?? {}, Containers: Object.fromEntries(containers) }, network);
}

type Interface = NonNullable<NetworkInspect["containers"][string]["interfaces"]>[string];
function networkInterface({ mac_address, subnets = [] }: Interface): Record<string, unknown> {
  // Go's field order, which scripts compare.
  const wire = subnets.map(({ ipnet, gateway }) => ({ ipnet, ...(gateway === undefined ? {} : { gateway }) }));
  return struct({ MacAddress: mac_address, Subnets: subnets.map(({ ipnet, gateway }, index) => struct({ IPNet: ipnet, Gateway: gateway ?? "" }, wire[index])) }, { subnets: wire, mac_address });
}
