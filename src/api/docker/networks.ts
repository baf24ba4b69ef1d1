/** `/networks/…` of the Docker Engine API. The default network is called `bridge` there. */
import type { Engine } from "../../contract/index.ts";
import type { Network, NetworkInspect, Subnet } from "../../contract/types/network.ts";
import { EngineError, isEngineError } from "../../base/errors.ts";
import { firstIp, formatIp, lastIp, parseCidr } from "../../formats/ip.ts";
import type { ApiRequest } from "../request.ts";
import type { Reply } from "../reply.ts";
import type { ApiRoute, Handler } from "../router.ts";
import { decoded } from "../../contract/wire.ts";
import { body, filters, parameter } from "./query.ts";
import type { DockerEndpoint, DockerNetworkCreate, Maybe } from "./types.ts";

const dockerDefault = "bridge";
const isolate = "isolate";

export function networkRoutes(engine: Engine): ApiRoute[] {
  const named = async (request: ApiRequest): Promise<string> => internalName(engine, parameter(request, "ref"));
  /** Who asks for the default network by its own name gets that. */
  const shown = async (request: ApiRequest): Promise<string | undefined> => parameter(request, "ref") === await defaultName(engine) ? undefined : defaultName(engine);
  return [
    { method: "GET", path: "/networks", handle: list(engine) },
    { method: "POST", path: "/networks/create", handle: create(engine) },
    { method: "POST", path: "/networks/prune", handle: prune(engine) },
    { method: "GET", path: "/networks/{ref}", handle: async (request, reply) => reply.json(networkToDocker(await engine.network.inspect({ ref: await named(request) }), await shown(request))) },
    { method: "DELETE", path: "/networks/{ref}", handle: async (request, reply) => {
      const [report] = await engine.network.remove({ ref: await named(request) });
      if (report?.Err !== undefined && report.Err !== null) throw new EngineError("conflict", report.Err);
      await reply.empty();
    } },
    { method: "POST", path: "/networks/{ref}/connect", handle: async (request, reply) => connect(engine, await named(request), request, reply) },
    { method: "POST", path: "/networks/{ref}/disconnect", handle: async (request, reply) => disconnect(engine, await named(request), request, reply) },
  ];
}

async function defaultName(engine: Engine): Promise<string> {
  return (await engine.system.info({})).host.networkBackendInfo.defaultNetwork;
}
const internalName = async (engine: Engine, name: string): Promise<string> => (name === dockerDefault ? defaultName(engine) : name);

const list = (engine: Engine): Handler => async ({ query }, reply) => {
  const [networks, fallback] = await Promise.all([engine.network.list({ filters: filters(query) }), defaultName(engine)]);
  const full = await Promise.all(networks.map(async ({ name }) => {
    try { return networkToDocker(await engine.network.inspect({ ref: name }), fallback); } catch (error) {
      if (isEngineError(error, "not-found")) return undefined;
      throw error;
    }
  }));
  await reply.json(full.filter((network) => network !== undefined));
};

/** Pure. `fallback` is the network that is shown as docker's default one. */
export function networkToDocker(network: NetworkInspect, fallback: string | undefined): Readonly<Record<string, unknown>> {
  const { [isolate]: _isolate, ...options } = network.options ?? {};
  const driver = network.ipam_options?.["driver"];
  return {
    Name: network.name === fallback ? dockerDefault : network.name, Id: network.id, Created: network.created, Scope: "local", Driver: network.driver, EnableIPv4: (network.subnets ?? []).length === 0 || (network.subnets ?? []).some(({ subnet }) => !subnet.includes(":")), EnableIPv6: network.ipv6_enabled,
    IPAM: { Driver: driver === "host-local" || driver === undefined ? "default" : driver, Options: network.ipam_options ?? {}, Config: (network.subnets ?? []).map(({ subnet, gateway }) => ({ Subnet: subnet, ...(gateway !== undefined && { Gateway: gateway }) })) },
    Internal: network.internal, Attachable: false, Ingress: false, ConfigFrom: { Network: "" }, ConfigOnly: false,
    Containers: Object.fromEntries(Object.entries(network.containers ?? {}).map(([id, { name, interfaces }]) => [id, endpoint(name, interfaces)])), Options: options, Labels: network.labels ?? {},
  };
}
function endpoint(name: string, interfaces: NetworkInspect["containers"][string]["interfaces"]): Readonly<Record<string, string>> {
  const [device] = Object.values(interfaces ?? {});
  const of = (isV6: boolean): string => device?.subnets?.find(({ ipnet }) => ipnet.includes(":") === isV6)?.ipnet ?? "";
  return { Name: name, EndpointID: "", MacAddress: device?.mac_address ?? "", IPv4Address: of(false), IPv6Address: of(true) };
}

const create = (engine: Engine): Handler => async (request, reply) => {
  const wire = await body<DockerNetworkCreate>(request);
  const { network, warning } = decoded(() => networkFromDocker(wire));
  const { id } = await engine.network.create({ network });
  await reply.json({ Id: id, Warning: warning }, 201);
};

/** Pure. @throws invalid-argument */
export function networkFromDocker(wire: DockerNetworkCreate): { readonly network: Partial<Network>; readonly warning: string } {
  const driver = wire.Driver === undefined || wire.Driver === "" || wire.Driver === "default" ? "bridge" : wire.Driver;
  const isBridge = driver === "bridge";
  const { options, device, warning } = readOptions(wire.Options ?? {}, isBridge);
  const subnets = (wire.IPAM?.Config ?? []).map(subnetOf);
  return {
    warning,
    network: {
      name: wire.Name ?? "", driver, internal: wire.Internal === true, ipv6_enabled: wire.EnableIPv6 === true, dns_enabled: isBridge, labels: { ...wire.Labels },
      // Docker's bridges do not reach each other.
      options: { ...(isBridge && { [isolate]: "true" }), ...options }, ...(device !== undefined && { network_interface: device }), ...(subnets.length > 0 && { subnets }),
    },
  };
}
function readOptions(wire: Readonly<Record<string, string>>, isBridge: boolean): { readonly options: Record<string, string>; readonly device?: string; readonly warning: string } {
  const options: Record<string, string> = {};
  let device: string | undefined;
  let warning = "";
  for (const [name, value] of Object.entries(wire)) {
    if (name === "mtu" || name === "com.docker.network.driver.mtu") options["mtu"] = value;
    else if (name === "com.docker.network.bridge.name") device = isBridge ? value : device;
    else if (name === "parent") device = isBridge ? device : value;
    else if (name === "mode" && !isBridge) options["mode"] = value;
    else warning = `"${name}: ${value}" is not a recognized option`;
  }
  return { options, warning, ...(device !== undefined && { device }) };
}
function subnetOf({ Subnet: subnet = "", Gateway: gateway, IPRange: range }: { readonly Subnet?: string; readonly Gateway?: string; readonly IPRange?: string }): Subnet {
  return { subnet, ...(gateway !== undefined && gateway !== "" && { gateway }), ...(range !== undefined && range !== "" && { lease_range: rangeOf(range) }) };
}

function rangeOf(text: string): NonNullable<Subnet["lease_range"]> {
  const range = parseCidr(text);
  if (range === undefined) throw new EngineError("invalid-argument", `failed to parse ip range: invalid CIDR address: ${text}`);
  return { start_ip: formatIp(firstIp(range)), end_ip: formatIp(lastIp(range)) };
}

async function connect(engine: Engine, ref: string, request: ApiRequest, reply: Reply): Promise<void> {
  const { Container: container = "", EndpointConfig: config } = await body<{ readonly Container: string; readonly EndpointConfig: Maybe<DockerEndpoint> }>(request);
  const ips = [config?.IPAddress, config?.IPAMConfig?.IPv4Address, config?.IPAMConfig?.IPv6Address].filter((ip) => ip !== undefined && ip !== "") as string[];
  await connectTo(engine, { ref, container, aliases: config?.Aliases ?? [], ...(ips.length > 0 && { staticIps: ips }), ...(config?.MacAddress !== undefined && config.MacAddress !== "" && { staticMac: config.MacAddress }) });
  await reply.text("OK");
}
/** Docker says 403 where a running container is connected already. */
async function connectTo(engine: Engine, input: Parameters<Engine["network"]["connect"]>[0]): Promise<void> {
  try { await engine.network.connect(input); } catch (error) {
    if (!isEngineError(error, "network-connected")) throw error;
    throw new EngineError("permission-denied", error.message, { reason: "network-connected", cause: error });
  }
}
async function disconnect(engine: Engine, ref: string, request: ApiRequest, reply: Reply): Promise<void> {
  const { Container: container = "", Force: force = false } = await body<{ readonly Container: string; readonly Force: boolean }>(request);
  await engine.network.disconnect({ ref, container, force });
  await reply.text("OK");
}

const prune = (engine: Engine): Handler => async ({ query }, reply) => {
  const reports = await engine.network.prune({ filters: filters(query) });
  await reply.json({ NetworksDeleted: reports.filter(({ Error: error }) => error === null || error === undefined).map(({ Name }) => Name) });
};
