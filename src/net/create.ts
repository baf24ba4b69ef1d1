/** Rules for a new network: names, drivers, options, subnets. Facts and sentences are those of podman-network-create(1). Pure but for what the host uses. */
import { EngineError } from "../base/errors.ts";
import { namePattern, newId } from "../base/ids.ts";
import { formatCidr, intersects, parseCidr, parseIp, type Cidr } from "../formats/ip.ts";
import { orderFields } from "./files.ts";
import { checkBridgeOptions, checkVlanOptions } from "./options.ts";
import { completeSubnets, parseSubnet, pickV4Subnet, pickV6Subnet, type Pool } from "./subnets.ts";
import type { Network, Subnet } from "./types.ts";

export interface Surroundings {
  readonly networks: ReadonlyMap<string, Network>;
  readonly pools: readonly Pool[];
  readonly interfaceNames: () => readonly string[];
  readonly interfaceSubnets: () => readonly Cidr[];
  readonly routedSubnets: () => readonly Cidr[];
  /** Asks the plugin of that driver to complete the network. @throws invalid-argument when there is none */
  readonly createByPlugin: (network: Network) => Promise<Network>;
}
export type NetworkRequest = Partial<Network>;

const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);
const nameRule = "names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument";

/** The complete definition. @throws invalid-argument, already-exists/name-in-use, failed-precondition (nothing free) */
export async function completeNetwork(request: NetworkRequest, around: Surroundings): Promise<Network> {
  if (request.id !== undefined && request.id !== "") throw invalid("ID can not be set for network create: invalid argument");
  const driver = request.driver === undefined || request.driver === "" ? "bridge" : request.driver;
  const draft = nameNetwork({
    ...request, driver, name: request.name ?? "", id: newId(), created: new Date().toISOString(), ipv6_enabled: request.ipv6_enabled ?? false,
    internal: request.internal ?? false, dns_enabled: request.dns_enabled ?? false, labels: { ...request.labels }, options: { ...request.options }, ipam_options: { ...request.ipam_options },
  }, around);
  checkIpamDriver(draft);
  const { network, used } = driver === "bridge" ? completeBridge(draft, around) : { network: await completeOther(draft, around), used: [] };
  const final = network.ipam_options?.["driver"] === "none" ? { ...network, dns_enabled: false } : network;
  checkDnsServers(final);
  checkOverlap(final);
  const result = completeSubnets(final, used);
  return result.routes === undefined ? result : { ...result, routes: result.routes.map(checkRoute) };
}

function nameNetwork(draft: Network, around: Surroundings): Network {
  if (draft.name !== "") {
    if (!namePattern.test(draft.name)) throw invalid(`network name ${draft.name} invalid: ${nameRule}`);
    if (around.networks.has(draft.name)) throw new EngineError("already-exists", `netavark: network already exists ${draft.name}`, { reason: "name-in-use" });
    checkInterfaceName(draft.network_interface);
    return draft;
  }
  const name = freeDeviceName(around);
  const isBridge = draft.driver === "bridge" && (draft.network_interface ?? "") === "";
  if (!isBridge) checkInterfaceName(draft.network_interface);
  return { ...draft, name, ...(isBridge ? { network_interface: name } : {}) };
}

function checkInterfaceName(name: string | undefined): void {
  if (name === undefined || name === "") return;
  const problem = name.length > 15 ? "interface name is too long: interface names must be 15 characters or less"
    : name === "." || name === ".." ? "interface name is . or .." : /[/:\s]/.test(name) ? "interface name contains / or : or whitespace characters" : undefined;
  if (problem !== undefined) throw invalid(`network interface name ${name} invalid: ${problem}: invalid argument`);
}

/** `podman1`, `podman2`, …: free as a network, as a bridge and as an interface. */
function freeDeviceName(around: Surroundings): string {
  const taken = new Set([...around.networks.keys(), ...bridgeNames(around), ...around.interfaceNames()]);
  for (let number = 1; ; number++) if (!taken.has(`podman${number}`)) return `podman${number}`;
}
const bridgeNames = (around: Surroundings): (string | undefined)[] => [...around.networks.values()].filter(({ driver }) => driver === "bridge").map((network) => network.network_interface);

function checkIpamDriver(network: Network): void {
  const driver = network.ipam_options?.["driver"] ?? "";
  if (!["", "host-local", "dhcp", "none"].includes(driver)) throw invalid(`unsupported ipam driver "${driver}"`);
  if (driver === "none" && (network.subnets ?? []).length > 0) throw invalid("none ipam driver is set but subnets are given");
}

function completeBridge(draft: Network, around: Surroundings): { network: Network; used: readonly Cidr[] } {
  const { options, bridgeName, mayShare } = checkBridgeOptions(draft.options ?? {});
  const wanted = bridgeName ?? draft.network_interface ?? "";
  if (wanted !== "" && !mayShare && bridgeNames(around).includes(wanted)) throw invalid(`bridge name ${wanted} already in use`);
  if (wanted !== "" && !namePattern.test(wanted)) throw invalid(`bridge name ${wanted} invalid: ${nameRule}`);
  const known = [...around.networks.values()].flatMap(({ subnets }) => subnets ?? []).map(({ subnet }) => parseSubnet(subnet));
  // Networks with a VLAN or on somebody else's bridge share subnets on purpose.
  const used = mayShare ? [] : [...known, ...around.interfaceSubnets()];
  const ipam = draft.ipam_options?.["driver"] ?? "";
  const isLocal = ipam === "" || ipam === "host-local";
  const network: Network = { ...draft, options, network_interface: wanted === "" ? freeDeviceName(around) : wanted };
  if (!isLocal) return { network, used };
  return { network: { ...network, subnets: fillSubnets(network, used, around), ipam_options: { ...network.ipam_options, driver: "host-local" } }, used };
}

function fillSubnets(network: Network, used: readonly Cidr[], around: Surroundings): Subnet[] {
  const subnets = [...network.subnets ?? []];
  const has = (family: 4 | 6): boolean => subnets.some(({ subnet }) => parseSubnet(subnet).base.family === family);
  if (subnets.length === 0 || (network.ipv6_enabled && !has(4))) subnets.push(pickV4Subnet(around.pools, used, around.routedSubnets()));
  if (network.ipv6_enabled && !has(6)) subnets.push(pickV6Subnet(used));
  return subnets;
}

async function completeOther(draft: Network, around: Surroundings): Promise<Network> {
  const { driver } = draft;
  return driver === "macvlan" || driver === "ipvlan" ? completeVlan(draft, driver, around) : around.createByPlugin(orderFields(draft));
}

function completeVlan(draft: Network, driver: "macvlan" | "ipvlan", around: Surroundings): Network {
  const parent = draft.network_interface ?? "";
  if (parent !== "" && !around.interfaceNames().includes(parent)) throw invalid(`parent interface ${parent} does not exist`);
  const options = checkVlanOptions(driver, draft.options ?? {});
  // netavark has no name service for them.
  return { ...draft, dns_enabled: false, options, ipam_options: { ...draft.ipam_options, driver: vlanIpam(draft) } };
}

function vlanIpam(draft: Network): string {
  const asked = draft.ipam_options?.["driver"] ?? "";
  const hasSubnets = (draft.subnets ?? []).length > 0;
  const driver = asked !== "" ? asked : hasSubnets ? "host-local" : "dhcp";
  if (driver === "dhcp" && draft.driver === "ipvlan") throw invalid("ipam driver dhcp is not supported with ipvlan");
  if (driver === "dhcp" && hasSubnets) throw invalid("ipam driver dhcp set but subnets are set");
  if (driver === "host-local" && !hasSubnets) throw invalid(`${draft.driver} driver needs at least one subnet specified when the host-local ipam driver is set`);
  return driver;
}

function checkDnsServers(network: Network): void {
  const servers = network.network_dns_servers ?? [];
  if (servers.length > 0 && !network.dns_enabled) throw invalid("cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument");
  for (const server of servers) if (parseIp(server) === undefined) throw invalid(`unable to parse ip ${server} specified in NetworkDNSServers: invalid argument`);
}

/** One network's own subnets must not meet either. */
function checkOverlap({ subnets = [] }: Network): void {
  const cidrs = subnets.map(({ subnet }) => parseSubnet(subnet));
  for (const [index, one] of cidrs.entries()) {
    const other = cidrs.slice(index + 1).find((next) => intersects(one, next));
    if (other === undefined) continue;
    const [first, second] = [formatCidr(one), formatCidr(other)];
    throw invalid(first === second ? `duplicate subnets detected: ${first}` : `overlapping subnets detected: ${first} and ${second}`);
  }
}

type Route = NonNullable<Network["routes"]>[number];
/** Routes that lead nowhere, as ip-route(8) calls them. */
const deadRoutes: readonly (string | undefined)[] = ["blackhole", "unreachable", "prohibit"];

function checkRoute(route: Route): Route {
  if (route.destination === "") throw invalid("route destination ip nil");
  const destination = parseCidr(route.destination);
  if (destination === undefined) throw invalid(`route destination invalid: invalid CIDR address: ${route.destination}`);
  if (destination.address.value !== destination.base.value) throw invalid("route destination invalid");
  const type = route.route_type ?? "unicast";
  if (type !== "unicast" && !deadRoutes.includes(type)) throw invalid(`invalid route type "${type}"`);
  if (type === "unicast" && route.gateway === undefined) throw invalid("route gateway nil");
  if (type !== "unicast" && route.gateway !== undefined) throw invalid(`route ${route.destination} must not have a gateway for type ${type}`);
  return { ...route, destination: formatCidr(destination) };
}
