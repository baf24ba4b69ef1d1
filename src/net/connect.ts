/** Joins a network namespace to networks and parts it again. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { NetworkAttach, PortPublish } from "../contract/types/container-create.ts";
import { EngineError, isErrno } from "../base/errors.ts";
import { contains, parseIp } from "../formats/ip.ts";
import { inNetns, removeNetns } from "../sys/index.ts";
import { checkRequirements, requirementsOf } from "./features.ts";
import { findNetwork } from "./files.ts";
import { interfaceNames } from "./host.ts";
import { allocate, assigned, free, needsAddresses } from "./ipam.ts";
import { setUp, tearDown, tearDownBehind, type NetavarkCall, type NetavarkInput, type NetavarkNetworkOptions, type NetavarkPort } from "./netavark.ts";
import { makeNetns, randomNetnsPath } from "./netns.ts";
import { parseSubnet } from "./subnets.ts";
import type { Network, NetworkSetup, NetworkStatus } from "./types.ts";

export interface Connector {
  readonly networks: ReadonlyMap<string, Network>;
  readonly addressBook: string;
  /** @throws failed-precondition/netavark-missing */
  readonly call: () => NetavarkCall;
  /** containers.conf `interface_name = "device"`: macvlan and ipvlan interfaces are named as their parents. */
  readonly isNamingByDevice: boolean;
}
interface Joined { readonly network: Network; readonly attach: NetworkAttach; readonly interfaceName: string }

/** All or nothing: after a failure the addresses are free and netavark was asked to undo. */
export async function connect(connector: Connector, request: NetworkSetup): Promise<Readonly<Record<string, NetworkStatus>>> {
  const joined = join(connector, request.networks);
  if (joined.length === 0) throw new EngineError("invalid-argument", "must specify at least one network");
  for (const one of joined) checkStaticIps(one);
  const call = connector.call();
  for (const { network, attach } of joined) checkRequirements(call.program, network.name, requirementsOf(network, attach));
  const addresses = await allocate(connector.addressBook, request.containerId, joined.map(({ network, attach }) => ({ network, staticIps: attach.staticIps ?? [] })));
  const status: Record<string, NetworkStatus> = {};
  try {
    // One after the other: of several at once older versions of netavark choose the order anew each time.
    for (const one of joined) Object.assign(status, await connectOne(call, request.netnsPath, inputOf(request, [one], addresses)));
    return status;
  } catch (error) {
    const done = joined.filter(({ network }) => status[network.name] !== undefined);
    if (done.length > 0) await tearDown(call, request.netnsPath, inputOf(request, done, addresses)).catch(() => { /* the first error counts */ });
    await free(connector.addressBook, request.containerId, joined.map(({ network }) => network.name));
    throw error;
  }
}

async function connectOne(call: NetavarkCall, netnsPath: string, input: NetavarkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
  try {
    const status = await setUp(call, netnsPath, input);
    if (Object.keys(status).length !== 1) throw new EngineError("unavailable", `unexpected netavark result length, want (1), got (${Object.keys(status).length}) networks`);
    return status;
  } catch (error) {
    await tearDown(call, netnsPath, input, false).catch(() => { /* what was not set up cannot be taken down; the first error counts */ });
    throw error;
  }
}

/**
 * Idempotent; networks that were removed meanwhile are passed over, and so are those where the container holds no address any
 * more. Addresses are freed whatever netavark says. Its complaints count only where the interface was there to be removed:
 * after a crash half of the work may never have been done.
 */
export async function disconnect(connector: Connector, request: NetworkSetup, isBehind: boolean): Promise<void> {
  const known = join(connector, request.networks.filter(({ name }) => connector.networks.has(name)));
  const held = await assigned(connector.addressBook, request.containerId, known.map(({ network }) => network));
  const joined = known.filter(({ network }) => !needsAddresses(network) || held.has(network.name));
  if (joined.length === 0) return;
  const before = namesInside(request.netnsPath);
  const input = inputOf(request, joined, held);
  try {
    const call = connector.call();
    // A user's namespace may have to go with the last network, which somebody must wait for.
    if (isBehind && before !== undefined && call.inside === undefined) await tearDownBehind(call, request.netnsPath, input);
    else await tearDownSomewhere(call, request, input, before !== undefined);
  } catch (error) {
    if (before !== undefined && joined.every(({ interfaceName }) => before.includes(interfaceName))) throw error;
  } finally { await free(connector.addressBook, request.containerId, joined.map(({ network }) => network.name)); }
}

/** Firewall rules outlive a namespace that is gone; netavark removes them only together with one, so it gets an empty one. */
async function tearDownSomewhere(call: NetavarkCall, request: NetworkSetup, input: NetavarkInput, isThere: boolean): Promise<void> {
  if (isThere) return tearDown(call, request.netnsPath, input);
  const substitute = randomNetnsPath(dirname(request.netnsPath));
  await makeNetns(substitute);
  try { await tearDown(call, substitute, input); } finally { removeNetns(substitute); }
}

function namesInside(netnsPath: string): readonly string[] | undefined {
  try { return inNetns(netnsPath, interfaceNames); } catch (error) {
    // A user cannot look; then the path has to do, and what netavark says is passed over.
    return isErrno(error, "EPERM") && existsSync(netnsPath) ? [] : undefined;
  }
}

function join(connector: Connector, networks: readonly NetworkAttach[]): Joined[] {
  const taken = new Set(networks.map(({ interfaceName }) => interfaceName));
  return networks.map((attach) => {
    const network = findNetwork(connector.networks, attach.name);
    const isDevice = connector.isNamingByDevice && network.driver !== "bridge";
    const interfaceName = attach.interfaceName ?? (isDevice ? network.network_interface : undefined) ?? freeName(taken);
    taken.add(interfaceName);
    return { network, attach, interfaceName };
  });
}

function freeName(taken: ReadonlySet<string | undefined>): string {
  for (let number = 0; ; number++) if (!taken.has(`eth${number}`)) return `eth${number}`;
}

function checkStaticIps({ network, attach }: Joined): void {
  if (network.ipam_options?.["driver"] !== "host-local") return;
  for (const text of attach.staticIps ?? []) {
    const ip = parseIp(text);
    if (ip !== undefined && (network.subnets ?? []).some(({ subnet }) => contains(parseSubnet(subnet), ip))) continue;
    throw new EngineError("invalid-argument", `requested static ip ${text} not in any subnet on network ${network.name}`);
  }
}

function inputOf(request: NetworkSetup, joined: readonly Joined[], addresses: ReadonlyMap<string, readonly string[]>): NetavarkInput {
  const ports = request.ports.flatMap(toNetavarkPorts);
  return {
    container_id: request.containerId, container_name: request.containerName, container_hostname: request.hostname ?? "",
    ...(ports.length === 0 ? {} : { port_mappings: ports }),
    ...((request.dnsServers ?? []).length === 0 ? {} : { dns_servers: request.dnsServers ?? [] }),
    networks: Object.fromEntries(joined.map((one) => [one.network.name, optionsOf(one, addresses.get(one.network.name))])),
    network_info: Object.fromEntries(joined.map(({ network }) => [network.name, network])),
  };
}

function optionsOf({ attach, interfaceName }: Joined, addresses: readonly string[] | undefined): NetavarkNetworkOptions {
  const staticIps = addresses ?? attach.staticIps;
  return {
    interface_name: interfaceName,
    ...(staticIps === undefined || staticIps.length === 0 ? {} : { static_ips: staticIps }),
    ...(attach.aliases === undefined ? {} : { aliases: attach.aliases }),
    ...(attach.staticMac === undefined ? {} : { static_mac: attach.staticMac }),
    ...(attach.options === undefined ? {} : { options: attach.options }),
  };
}

/** One mapping per protocol, as netavark wants. */
export function toNetavarkPorts(port: PortPublish): NetavarkPort[] {
  return (port.protocol ?? "tcp").split(",").map((protocol) => ({
    host_ip: port.hostIp ?? "", container_port: port.containerPort, host_port: port.hostPort ?? port.containerPort, range: port.range ?? 1, protocol: protocol.toLowerCase(),
  }));
}
