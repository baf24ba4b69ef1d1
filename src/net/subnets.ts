/** Subnets of a network: checked, completed with a gateway, and picked so that they meet nothing in use. */
import { randomBytes } from "../base/random.ts";
import { EngineError } from "../base/errors.ts";
import { contains, firstIp, formatCidr, formatIp, intersects, ipFromBytes, makeCidr, nextSubnet, parseCidr, parseIp, type Cidr, type Ip } from "../formats/ip.ts";
import type { Network, Subnet } from "./types.ts";

const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/**
 * Normal form of every subnet: network address, first address as gateway unless the network is internal without name service.
 * IPv6 subnets turn `ipv6_enabled` on. @throws invalid-argument when a subnet meets `used` or a part lies outside it
 */
export function completeSubnets(network: Network, used: readonly Cidr[]): Network {
  if (network.subnets === undefined) return network;
  const needsGateway = !network.internal || network.dns_enabled;
  const subnets = network.subnets.map((subnet) => completeSubnet(subnet, needsGateway, used));
  const hasV6 = subnets.some(({ subnet }) => subnet.includes(":"));
  return { ...network, subnets, ipv6_enabled: network.ipv6_enabled || hasV6 };
}

function completeSubnet(subnet: Subnet, needsGateway: boolean, used: readonly Cidr[]): Subnet {
  const cidr = parseSubnet(subnet.subnet);
  const text = formatCidr(cidr);
  if (used.some((other) => intersects(cidr, other))) throw invalid(`subnet ${text} is already used on the host or by another config`);
  const inside = (value: string | undefined, what: string): string | undefined => {
    if (value === undefined || value === "") return undefined;
    const ip = parseAddress(value);
    if (!contains(cidr, ip)) throw invalid(`${what} ${value} not in subnet ${text}`);
    return formatIp(ip);
  };
  const gateway = inside(subnet.gateway, "gateway") ?? (needsGateway ? formatIp(firstIp(cidr)) : undefined);
  const start = inside(subnet.lease_range?.start_ip, "lease range start ip");
  const end = inside(subnet.lease_range?.end_ip, "lease range end ip");
  return {
    subnet: text, ...(gateway === undefined ? {} : { gateway }),
    ...(start === undefined && end === undefined ? {} : { lease_range: { ...(start === undefined ? {} : { start_ip: start }), ...(end === undefined ? {} : { end_ip: end }) } }),
  };
}

/** @throws invalid-argument with Go's sentence */
export function parseSubnet(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw invalid(`invalid CIDR address: ${text}`);
  return cidr;
}
function parseAddress(text: string): Ip {
  const ip = parseIp(text);
  if (ip === undefined) throw invalid(`invalid IP address: ${text}`);
  return ip;
}

export interface Pool { readonly base: string; readonly size: number }

/**
 * First subnet of the pools that meets neither `used` nor, if that can be had, a route of the host: a host may route all of
 * 10.0.0.0/8 somewhere, and then a network inside it is better than none.
 * @throws failed-precondition when the pools are used up
 */
export function pickV4Subnet(pools: readonly Pool[], used: readonly Cidr[], routes: readonly Cidr[]): Subnet {
  const found = firstFree(pools, [...used, ...routes]) ?? firstFree(pools, used);
  if (found === undefined) throw new EngineError("failed-precondition", "could not find free subnet from subnet pools");
  return { subnet: formatCidr(found) };
}

function firstFree(pools: readonly Pool[], used: readonly Cidr[]): Cidr | undefined {
  for (const pool of pools) {
    const base = parseSubnet(pool.base);
    for (let cidr: Cidr | undefined = makeCidr(base.base, pool.size); cidr !== undefined && contains(base, cidr.base); cidr = nextSubnet(cidr)) {
      const candidate = cidr;
      if (!used.some((other) => intersects(candidate, other))) return candidate;
    }
  }
  return undefined;
}

/** A random unique local subnet (RFC 4193). */
export function pickV6Subnet(used: readonly Cidr[]): Subnet {
  for (;;) {
    const bytes = new Uint8Array(16);
    bytes.set(randomBytes(8));
    bytes[0] = 0xfd;
    const ip = ipFromBytes(bytes);
    if (ip === undefined) throw invalid("unreachable: 16 bytes are an address");
    const cidr = makeCidr(ip, 64);
    if (!used.some((other) => intersects(cidr, other))) return { subnet: formatCidr(cidr) };
  }
}
