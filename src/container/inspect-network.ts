/** `NetworkSettings` of inspect. */
import { existsSync } from "node:fs";
import type { InspectBasicNetwork, InspectHostPort, InspectNetwork, InspectNetworkSettings } from "../contract/types/container-inspect.ts";
import type { PortPublish } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import type { NetworkStatus } from "../net/types.ts";
import { present } from "./observe.ts";
import type { ContainerRecord } from "./record.ts";

type Ports = Readonly<Record<string, readonly InspectHostPort[] | null>>;

const nothing: InspectBasicNetwork = {
  EndpointID: "", Gateway: "", IPAddress: "", IPPrefixLen: 0, IPv6Gateway: "", GlobalIPv6Address: "", GlobalIPv6PrefixLen: 0, MacAddress: "",
};

/** A container in another one's network shows that one's. */
export async function networkSettings(context: EngineContext, record: ContainerRecord): Promise<InspectNetworkSettings> {
  const { network } = record.config;
  if (network.mode === "container" && network.value !== undefined) {
    const joined = context.containers().get(network.value);
    if (joined !== undefined) return networkSettings(context, present(context, joined));
  }
  const status = (record.state.networkStatus ?? {}) as Readonly<Record<string, NetworkStatus>>;
  const networks = await networksOf(context, record, status);
  // Only a container in one network shows its addresses at the top as well.
  const [only, more] = Object.values(networks);
  const first = only !== undefined && more === undefined ? basicOf(only) : nothing;
  const settings: InspectNetworkSettings = {
    ...first, Bridge: "", SandboxID: "", HairpinMode: false, LinkLocalIPv6Address: "", LinkLocalIPv6PrefixLen: 0,
    Ports: { ...portBindings(network.ports), ...unpublished(record) },
    SandboxKey: sandboxKey(record), ...(Object.keys(networks).length === 0 ? {} : { Networks: networks }),
  };
  // Left out of JSON, but a template sees an empty map.
  return Object.keys(networks).length > 0 ? settings : Object.defineProperty(settings, "Networks", { value: {}, enumerable: false });
}

function sandboxKey({ config, state }: ContainerRecord): string {
  if (state.netnsPath !== undefined && existsSync(state.netnsPath)) return state.netnsPath;
  return config.network.mode === "none" && state.pid !== undefined ? `/proc/${state.pid}/ns/net` : "";
}

async function networksOf(context: EngineContext, { config }: ContainerRecord, status: Readonly<Record<string, NetworkStatus>>): Promise<Record<string, InspectNetwork>> {
  const extra = { DriverOpts: null, IPAMConfig: null, Links: null };
  if (config.network.networks.length === 0) return config.network.mode === "bridge" || config.network.mode === "ns" ? {} : { [config.network.mode]: { ...nothing, NetworkID: config.network.mode, ...extra } };
  const known = await (await context.networks()).list();
  return Object.fromEntries(config.network.networks.map(({ name, aliases }) => [name, {
    ...addressesOf(status[name]), NetworkID: known.find((network) => network.name === name)?.id ?? name, ...extra,
    ...((aliases ?? []).length === 0 ? {} : { Aliases: aliases ?? [] }),
  }]));
}

const basicOf = (network: InspectNetwork): InspectBasicNetwork => {
  const { NetworkID: _id, DriverOpts: _opts, IPAMConfig: _ipam, Links: _links, Aliases: _aliases, ...basic } = network;
  return basic;
};

/** The first address of each family is the address, further ones are secondary. */
export function addressesOf(status: NetworkStatus | undefined): InspectBasicNetwork {
  if (status?.interfaces === undefined) return nothing;
  const interfaces = Object.entries(status.interfaces).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const subnets = interfaces.flatMap((one) => one.subnets ?? []).map(({ ipnet, gateway }) => ({ ip: ipnet.split("/")[0] ?? "", size: Number(ipnet.split("/")[1] ?? 0), gateway: gateway ?? "" }));
  const [v4, ...moreV4] = subnets.filter(({ ip }) => !ip.includes(":"));
  const [v6, ...moreV6] = subnets.filter(({ ip }) => ip.includes(":"));
  const [mac = "", ...moreMacs] = interfaces.map(({ mac_address }) => mac_address);
  const secondary = (list: typeof subnets): readonly { readonly Addr: string; readonly PrefixLength: number }[] => list.map(({ ip, size }) => ({ Addr: ip, PrefixLength: size }));
  return {
    EndpointID: "", Gateway: v4?.gateway ?? "", IPAddress: v4?.ip ?? "", IPPrefixLen: v4?.size ?? 0,
    ...(moreV4.length === 0 ? {} : { SecondaryIPAddresses: secondary(moreV4) }),
    IPv6Gateway: v6?.gateway ?? "", GlobalIPv6Address: v6?.ip ?? "", GlobalIPv6PrefixLen: v6?.size ?? 0,
    ...(moreV6.length === 0 ? {} : { SecondaryIPv6Addresses: secondary(moreV6) }),
    MacAddress: mac, ...(moreMacs.length === 0 ? {} : { AdditionalMACAddresses: moreMacs }),
  };
}

/** One entry per container port; a range is many. */
export function portBindings(ports: readonly PortPublish[]): Record<string, readonly InspectHostPort[]> {
  const bindings: Record<string, InspectHostPort[]> = {};
  for (const port of ports) {
    for (let offset = 0; offset < (port.range ?? 1); offset++) {
      const key = `${port.containerPort + offset}/${port.protocol ?? "tcp"}`;
      (bindings[key] ??= []).push({ HostIp: port.hostIp === undefined || port.hostIp === "" ? "0.0.0.0" : port.hostIp, HostPort: String((port.hostPort ?? port.containerPort) + offset) });
    }
  }
  return bindings;
}

/** Exposed ports that nobody published stand with null. */
function unpublished({ config }: ContainerRecord): Ports {
  if (config.network.mode === "host") return {};
  const bound = portBindings(config.network.ports);
  return Object.fromEntries((config.expose ?? []).filter((port) => bound[port] === undefined).map((port) => [port, null]));
}
