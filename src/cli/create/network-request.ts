/** Flags of `network create` → the network that is asked for. */
import type { Network, Subnet } from "../../contract/types/network.ts";
import { EngineError } from "../../base/errors.ts";
import { firstIp, formatCidr, formatIp, lastIp, parseCidr, parseIp, type Cidr } from "../../formats/ip.ts";

export interface NetworkFlags {
  readonly driver: string;
  readonly options: readonly string[] | undefined;
  readonly gateways: readonly string[] | undefined;
  readonly internal: boolean;
  readonly ranges: readonly string[] | undefined;
  readonly macvlan: string | undefined;
  readonly labels: readonly string[] | undefined;
  readonly ipamDriver: string | undefined;
  readonly ipv6: boolean;
  readonly subnets: readonly string[] | undefined;
  readonly routes: readonly string[] | undefined;
  readonly interfaceName: string | undefined;
  readonly disableDns: boolean;
  readonly dns: readonly string[] | undefined;
}

const bad = (message: string): EngineError => new EngineError("invalid-argument", message);

/** @throws invalid-argument with Podman's sentences */
export function networkRequest(name: string | undefined, flags: NetworkFlags): Partial<Network> {
  const { parent, ...options } = keyValues(flags.options ?? [], "unable to parse options");
  const isVlan = flags.driver === "macvlan" || flags.driver === "ipvlan";
  const isOldMacvlan = flags.macvlan !== undefined && flags.macvlan !== "";
  const device = isOldMacvlan ? flags.macvlan : isVlan ? parent ?? flags.interfaceName : flags.interfaceName;
  const subnets = subnetsOf(flags);
  const routes = (flags.routes ?? []).map(parseRoute);
  return {
    ...(name === undefined ? {} : { name }), driver: isOldMacvlan ? "macvlan" : flags.driver,
    options: parent === undefined || (isVlan && !isOldMacvlan) ? options : { ...options, parent },
    labels: keyValues(flags.labels ?? [], "failed to parse labels"), ipv6_enabled: flags.ipv6, dns_enabled: !flags.disableDns, internal: flags.internal,
    ...(flags.dns === undefined || flags.dns.length === 0 ? {} : { network_dns_servers: [...flags.dns] }),
    ...(device === undefined || device === "" ? {} : { network_interface: device }),
    ...(flags.ipamDriver === undefined ? {} : { ipam_options: { driver: flags.ipamDriver } }),
    ...(subnets.length === 0 ? {} : { subnets }), ...(routes.length === 0 ? {} : { routes }),
  };
}

function keyValues(lines: readonly string[], action: string): Record<string, string> {
  return Object.fromEntries(lines.map((line) => {
    const equals = line.indexOf("=");
    const key = equals === -1 ? line : line.slice(0, equals);
    if (key === "") throw bad(`${action}: invalid label format: "${line}"`);
    return [key, equals === -1 ? "" : line.slice(equals + 1)];
  }));
}

function subnetsOf({ subnets = [], gateways = [], ranges = [] }: { readonly subnets?: readonly string[] | undefined; readonly gateways?: readonly string[] | undefined; readonly ranges?: readonly string[] | undefined }): Subnet[] {
  for (const gateway of gateways) if (parseIp(gateway) === undefined) throw bad(`invalid argument "${gateways.join(",")}" for "--gateway" flag: invalid string being converted to IP address: ${gateway}`);
  if (subnets.length === 0 && (ranges.length > 0 || gateways.length > 0)) throw bad("cannot set gateway or range without subnet");
  if (gateways.length > subnets.length) throw bad("cannot set more gateways than subnets");
  if (ranges.length > subnets.length) throw bad("cannot set more ranges than subnets");
  return subnets.map((text, index) => {
    const [gateway, range] = [gateways[index], ranges[index]];
    return { subnet: formatCidr(needCidr(text)), ...(gateway === undefined ? {} : { gateway }), ...(range === undefined ? {} : { lease_range: parseRange(range) }) };
  });
}

function needCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw bad(`invalid CIDR address: ${text}`);
  return cidr;
}

/** `first-last`, or a smaller subnet. */
function parseRange(text: string): NonNullable<Subnet["lease_range"]> {
  const dash = text.indexOf("-");
  if (dash === -1) {
    const cidr = needCidr(text);
    return { start_ip: formatIp(firstIp(cidr)), end_ip: formatIp(lastIp(cidr)) };
  }
  const [start, end] = [text.slice(0, dash), text.slice(dash + 1)];
  if (parseIp(start) === undefined) throw bad(`range start ip "${start}" is not a ip address`);
  if (parseIp(end) === undefined) throw bad(`range end ip "${end}" is not a ip address`);
  return { start_ip: start, end_ip: end };
}

const deadRoutes = ["blackhole", "unreachable", "prohibit"];

/** `destination,gateway[,metric]`, or `destination,type[,metric]` (also `type,destination`) for a route that leads nowhere. */
function parseRoute(text: string): NonNullable<Network["routes"]>[number] {
  const parts = text.split(",");
  const [first = "", second = "", metric] = parts;
  if (parts.length < 2 || parts.length > 3) throw bad(`invalid route: ${text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>`);
  const [destination, target] = deadRoutes.includes(first) ? [second, first] : [first, second];
  const isDead = deadRoutes.includes(target);
  if (parseCidr(destination) === undefined) throw bad(`invalid route destination ${destination}`);
  if (!isDead && parseIp(target) === undefined) throw bad(`invalid route gateway ${target}`);
  if (metric !== undefined && (!/^[0-9]+$/.test(metric) || Number(metric) > 0xffffffff)) throw bad(`invalid route metric ${metric}`);
  return { destination, ...(isDead ? { route_type: target } : { gateway: target }), ...(metric === undefined ? {} : { metric: Number(metric) }) };
}
