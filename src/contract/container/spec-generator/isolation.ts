/** SpecGenerator ↔ ContainerCreate: security, namespaces, network. Pure. */
import type { ContainerCreate, IdMap, NamespaceMode, NamespacesCreate, NetworkAttach, NetworkCreate, PortPublish, SecurityCreate } from "../../types/container-create.ts";
import { count, list, map, on, part, text } from "./absent.ts";
import type { Maybe, SpecGenerator, WireIdMap, WireNamespace, WireNetworkOptions, WirePort } from "./types.ts";

export function securityFromWire(wire: SpecGenerator): SecurityCreate | undefined {
  return part<SecurityCreate>({
    privileged: on(wire.privileged), capAdd: list(wire.cap_add), capDrop: list(wire.cap_drop), noNewPrivileges: on(wire.no_new_privileges), seccomp: text(wire.seccomp_profile_path),
    seccompPolicy: wire.seccomp_policy === "image" ? "image" : undefined, apparmor: text(wire.apparmor_profile), selinux: list(wire.selinux_opts), mask: list(wire.mask), unmask: list(wire.unmask),
    procOpts: list(wire.procfs_opts), readOnly: on(wire.read_only_filesystem), sysctls: map(wire.sysctl),
    // Sent as false with every container that is not read-only.
    readWriteTmpfs: wire.read_only_filesystem === true && wire.read_write_tmpfs === false ? false : undefined,
  });
}
export function securityToWire(security: SecurityCreate = {}): SpecGenerator {
  return part<SpecGenerator>({
    privileged: security.privileged, cap_add: security.capAdd, cap_drop: security.capDrop, no_new_privileges: security.noNewPrivileges, seccomp_profile_path: security.seccomp,
    seccomp_policy: security.seccompPolicy, apparmor_profile: security.apparmor, selinux_opts: security.selinux, mask: security.mask, unmask: security.unmask, procfs_opts: security.procOpts,
    read_only_filesystem: security.readOnly, sysctl: security.sysctls, read_write_tmpfs: security.readOnly === true ? security.readWriteTmpfs ?? true : undefined,
  }) ?? {};
}

const ours: Readonly<Record<string, string>> = { path: "ns", "no-map": "nomap" };
const theirs: Readonly<Record<string, string>> = { ns: "path", nomap: "no-map" };
function modeFromWire(wire: Maybe<WireNamespace>): NamespaceMode | undefined {
  const mode = text(wire?.nsmode);
  if (mode === undefined || mode === "default") return undefined;
  const value = text(wire?.value);
  return { mode: ours[mode] ?? mode, ...(value !== undefined && { value }) };
}
function modeToWire(mode: NamespaceMode | undefined): WireNamespace | undefined {
  return mode === undefined ? undefined : { nsmode: theirs[mode.mode] ?? mode.mode, ...(mode.value !== undefined && { value: mode.value }) };
}

const idsFromWire = (maps: Maybe<readonly WireIdMap[]>): readonly IdMap[] | undefined => list(maps)?.map(({ container_id, host_id, size }) => ({ containerId: container_id, hostId: host_id, size }));
const idsToWire = (maps: readonly IdMap[] | undefined): readonly WireIdMap[] => (maps ?? []).map(({ containerId, hostId, size }) => ({ container_id: containerId, host_id: hostId, size }));

export function namespacesFromWire(wire: SpecGenerator): NamespacesCreate | undefined {
  // With keep-id and auto the mappings are the engine's to make, whatever the client thought of them.
  const hasOwnMaps = wire.idmappings?.AutoUserNs !== true && !["keep-id", "no-map", "auto"].includes(wire.userns?.nsmode ?? "");
  return part<NamespacesCreate>({
    pid: modeFromWire(wire.pidns), ipc: modeFromWire(wire.ipcns), uts: modeFromWire(wire.utsns), user: modeFromWire(wire.userns), cgroup: modeFromWire(wire.cgroupns),
    uidMaps: hasOwnMaps ? idsFromWire(wire.idmappings?.UIDMap) : undefined, gidMaps: hasOwnMaps ? idsFromWire(wire.idmappings?.GIDMap) : undefined,
  });
}
export function namespacesToWire(names: NamespacesCreate = {}): SpecGenerator {
  const hasMaps = names.uidMaps !== undefined || names.gidMaps !== undefined;
  return part<SpecGenerator>({
    pidns: modeToWire(names.pid), ipcns: modeToWire(names.ipc), utsns: modeToWire(names.uts), userns: modeToWire(names.user), cgroupns: modeToWire(names.cgroup),
    idmappings: hasMaps ? { HostUIDMapping: false, HostGIDMapping: false, UIDMap: idsToWire(names.uidMaps ?? names.gidMaps), GIDMap: idsToWire(names.gidMaps ?? names.uidMaps), AutoUserNs: false } : undefined,
  }) ?? {};
}

/** What Podman calls a network that was not named. */
const unnamed = "default";

export function networkFromWire(wire: SpecGenerator): NetworkCreate | undefined {
  const networks = Object.entries(wire.Networks ?? {}).map(([name, options]) => attachFromWire(name, options));
  return part<NetworkCreate>({
    mode: modeFromWire(wire.netns), networks: list(networks), networkOptions: map(wire.network_options), ports: list(wire.portmappings)?.map(portFromWire),
    expose: list(Object.entries(wire.expose ?? {}).flatMap(([port, protocols]) => protocols.split(",").map((protocol) => `${port}/${protocol === "" ? "tcp" : protocol}`))),
    publishAll: on(wire.publish_image_ports), dnsServers: wire.use_image_resolve_conf === true ? undefined : list(wire.dns_server), dnsSearch: list(wire.dns_search), dnsOptions: list(wire.dns_option),
    noHosts: on(wire.use_image_hosts), noHostname: on(wire.use_image_hostname), noResolvConf: on(wire.use_image_resolve_conf), baseHostsFile: text(wire.base_hosts_file), addHosts: list(wire.hostadd),
  });
}
function attachFromWire(name: string, wire: WireNetworkOptions): NetworkAttach {
  return {
    name: name === unnamed ? "" : name,
    ...part<Omit<NetworkAttach, "name">>({ aliases: list(wire.aliases), staticIps: list(wire.static_ips), staticMac: text(wire.static_mac), interfaceName: text(wire.interface_name), options: map(wire.options) }),
  };
}
function portFromWire({ host_ip, container_port, host_port, range, protocol }: WirePort): PortPublish {
  return { containerPort: container_port, ...part<Partial<PortPublish>>({ hostIp: text(host_ip), hostPort: count(host_port), range: range === 1 ? undefined : count(range), protocol: text(protocol) }) };
}

export function networkToWire(network: NetworkCreate = {}): SpecGenerator {
  const isNone = network.noResolvConf === true || network.dnsServers?.[0] === "none";
  return part<SpecGenerator>({
    netns: modeToWire(network.mode), network_options: network.networkOptions,
    Networks: network.networks === undefined ? undefined : Object.fromEntries(network.networks.map((attach) => [attach.name === "" ? unnamed : attach.name, attachToWire(attach)])),
    portmappings: network.ports?.map(({ hostIp, containerPort, hostPort, range, protocol }) => ({ host_ip: hostIp ?? "", container_port: containerPort, host_port: hostPort ?? 0, range: range ?? 1, protocol: protocol ?? "" })),
    expose: network.expose === undefined ? undefined : exposeToWire(network.expose), publish_image_ports: network.publishAll,
    dns_server: isNone ? undefined : network.dnsServers, dns_search: network.dnsSearch, dns_option: network.dnsOptions, use_image_resolve_conf: isNone ? true : undefined,
    use_image_hosts: network.noHosts, use_image_hostname: network.noHostname, base_hosts_file: network.baseHostsFile, hostadd: network.addHosts,
  }) ?? {};
}
function attachToWire({ aliases, staticIps, staticMac, interfaceName, options }: NetworkAttach): WireNetworkOptions {
  return { interface_name: interfaceName ?? "", ...part<WireNetworkOptions>({ aliases, static_ips: staticIps, static_mac: staticMac, options }) };
}
function exposeToWire(ports: readonly string[]): Record<string, string> {
  const byPort = new Map<string, string[]>();
  for (const text of ports) {
    const [port = "", protocol = "tcp"] = text.split("/");
    byPort.set(port, [...byPort.get(port) ?? [], protocol]);
  }
  return Object.fromEntries([...byPort].map(([port, protocols]) => [port, protocols.join(",")]));
}

export type IsolationPart = Pick<ContainerCreate, "security" | "namespaces" | "network">;
