/** A container's connection to a network as Docker's clients read it. Pure. */
import type { InspectNetwork } from "../../contract/types/container-inspect.ts";

export function endpointsToDocker(networks: Readonly<Record<string, InspectNetwork>> | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(networks ?? {}).map(([name, network]) => [name, {
    IPAMConfig: null, Links: null, Aliases: network.Aliases ?? [], MacAddress: network.MacAddress, DriverOpts: network.DriverOpts, GwPriority: 0, NetworkID: network.NetworkID ?? name, EndpointID: network.EndpointID,
    Gateway: network.Gateway, IPAddress: network.IPAddress, IPPrefixLen: network.IPPrefixLen, IPv6Gateway: network.IPv6Gateway, GlobalIPv6Address: network.GlobalIPv6Address,
    GlobalIPv6PrefixLen: network.GlobalIPv6PrefixLen, DNSNames: null,
  }]));
}
