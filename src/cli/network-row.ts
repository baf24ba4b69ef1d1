/** Networks as Go templates see them: Go's field names. */
import type { Network, NetworkInspect } from "../contract/types/network.ts";

/** Fields of Podman's `Network`. */
function goNetwork(network: Network): Record<string, unknown> {
  return {
    Name: network.name, Driver: network.driver, NetworkInterface: network.network_interface ?? "", Created: new Date(network.created),
    Subnets: (network.subnets ?? []).map(({ subnet, gateway, lease_range }) => ({
      Subnet: subnet, Gateway: gateway ?? "", LeaseRange: lease_range === undefined ? null : { StartIP: lease_range.start_ip ?? "", EndIP: lease_range.end_ip ?? "" },
    })),
    Routes: (network.routes ?? []).map(({ destination, gateway, metric }) => ({ Destination: destination, Gateway: gateway ?? "", Metric: metric ?? null })),
    IPv6Enabled: network.ipv6_enabled, Internal: network.internal, DNSEnabled: network.dns_enabled, NetworkDNSServers: network.network_dns_servers ?? [],
    Options: network.options ?? {}, IPAMOptions: network.ipam_options ?? {},
  };
}

export interface NetworkRow { readonly ID: string; readonly Name: string; readonly Driver: string; readonly Labels: string }

/** A row of `network ls`: the id cut to 12 digits, labels as one text. */
export function networkRow(network: Network, isWhole: boolean): NetworkRow {
  const labels = Object.entries(network.labels ?? {}).map(([key, value]) => `${key}=${value}`).join(",");
  return { ...goNetwork(network), ID: isWhole ? network.id : network.id.slice(0, 12), Name: network.name, Driver: network.driver, Labels: labels };
}

/** What `network inspect --format` is about. */
export function networkReport(network: NetworkInspect): Record<string, unknown> {
  const containers = Object.entries(network.containers).map(([id, { name, interfaces }]) => [id, {
    Name: name, Interfaces: Object.fromEntries(Object.entries(interfaces ?? {}).map(([device, { mac_address, subnets }]) => [device, {
      MacAddress: mac_address, Subnets: (subnets ?? []).map(({ ipnet, gateway }) => ({ IPNet: ipnet, Gateway: gateway ?? "" })),
    }])),
  }]);
  return { ...goNetwork(network), ID: network.id, Labels: network.labels ?? {}, Containers: Object.fromEntries(containers) };
}
