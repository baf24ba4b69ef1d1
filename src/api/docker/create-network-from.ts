/** Docker's create body → the network of a ContainerCreate. Pure. */
import { EngineError } from "../../base/errors.ts";
import type { NetworkAttach, NetworkCreate, PortPublish } from "../../contract/types/container-create.ts";
import { parseNetworks } from "../../formats/create/namespace.ts";
import { filled, list, present, some } from "./given.ts";
import type { DockerCreate, DockerEndpoint, DockerHostConfig, Maybe } from "./types.ts";

/** Docker's names for the network that a container gets by default. */
const defaults: ReadonlySet<string> = new Set(["", "default", "bridge"]);
export const isDefaultNetwork = (name: string): boolean => defaults.has(name);

/** @throws invalid-argument */
export function networkFromDocker(wire: DockerCreate): NetworkCreate {
  const host = wire.HostConfig ?? {};
  const asked = filled(host.NetworkMode) ?? "default";
  const parsed = isDefaultNetwork(asked) ? { mode: { mode: "bridge" }, networks: [], options: {} } : parseNetworks([asked]);
  return present<NetworkCreate>({
    mode: parsed.mode, networks: list(attachments(wire, parsed.networks, parsed.mode?.mode ?? "bridge")), networkOptions: some(parsed.options), ports: list(ports(host)),
    expose: list(Object.keys(wire.ExposedPorts ?? {}).map((port) => (port.includes("/") ? port : `${port}/tcp`))), publishAll: host.PublishAllPorts === true ? true : undefined,
    dnsServers: list(host.Dns?.filter((server) => server !== "")), dnsSearch: list(host.DnsSearch), dnsOptions: list(host.DnsOptions), addHosts: list(host.ExtraHosts),
    // Docker never takes the host's names along.
    baseHostsFile: "none",
  });
}

/** The named network first, then the others of the endpoints. Endpoints without anything in them say nothing about the default network. */
function attachments(wire: DockerCreate, named: readonly NetworkAttach[], mode: string): readonly NetworkAttach[] {
  const endpoints = Object.entries(wire.NetworkingConfig?.EndpointsConfig ?? {}).map(([name, endpoint]): NetworkAttach => attachOf(isDefaultNetwork(name) ? "" : name, endpoint, wire.MacAddress));
  const hasOptions = (attach: NetworkAttach): boolean => Object.keys(attach).length > 1;
  if (mode !== "bridge") {
    if (endpoints.some((attach) => attach.aliases !== undefined || attach.staticIps !== undefined || attach.staticMac !== undefined)) throw new EngineError("invalid-argument", "networks and static ip/mac address can only be used with Bridge mode networking");
    return [];
  }
  const all = [...named.filter(({ name }) => endpoints.every((endpoint) => endpoint.name !== name)), ...endpoints];
  return all.length === 1 && all[0]?.name === "" && !hasOptions(all[0]) ? [] : all;
}

function attachOf(name: string, endpoint: Maybe<DockerEndpoint>, containerMac: string | undefined): NetworkAttach {
  const ips = [endpoint?.IPAddress, endpoint?.IPAMConfig?.IPv4Address, endpoint?.IPAMConfig?.IPv6Address].filter((ip) => ip !== undefined && ip !== "") as string[];
  return { name, ...present<Omit<NetworkAttach, "name">>({ aliases: list(endpoint?.Aliases), staticIps: list([...new Set(ips)]), staticMac: filled(endpoint?.MacAddress) ?? filled(containerMac) }) };
}

function ports(host: DockerHostConfig): readonly PortPublish[] {
  return Object.entries(host.PortBindings ?? {}).flatMap(([key, bindings]) => (bindings ?? []).map(({ HostIp, HostPort }) => portOf(key, HostIp ?? "", HostPort ?? "")));
}
function portOf(key: string, hostIp: string, hostPort: string): PortPublish {
  const [port = "", protocol = "tcp"] = key.split("/");
  if (!/^\d+$/.test(port)) throw new EngineError("invalid-argument", `invalid port "${key}"`);
  const range = /^(\d*)(?:-(\d+))?$/.exec(hostPort);
  if (range === null) throw new EngineError("invalid-argument", `invalid host port "${hostPort}"`);
  return { containerPort: Number(port), protocol, ...(range[1] !== "" && range[1] !== "0" && { hostPort: Number(range[1]) }), ...(hostIp !== "" && { hostIp }) };
}
