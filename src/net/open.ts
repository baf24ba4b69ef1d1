/** The network backend over one configuration: definitions in files, addresses in the shared book, the kernel's part by netavark. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EngineConfig } from "../config/types.ts";
import { EngineError } from "../base/errors.ts";
import { parseIp } from "../formats/ip.ts";
import { lockFile } from "../sys/index.ts";
import { completeNetwork, type NetworkRequest } from "./create.ts";
import { findNetwork, loadNetworks, orderFields, removeNetworkFile, saveNetwork, type NetworkFolder } from "./files.ts";
import { checkRequirements, requirementsOf } from "./features.ts";
import { findHelper, needHelper } from "./helper-binary.ts";
import { findFaults, type ConnectedContainer, type NetworkFaults } from "./health.ts";
import { interfaceNames, interfaceSubnets, routedSubnets } from "./host.ts";
import { connect, disconnect, type Connector } from "./connect.ts";
import type { NetavarkCall } from "./netavark.ts";
import { rootlessNetns, type RootlessNetns } from "./rootless-netns.ts";
import type { Network, NetworkBackend, NetworkSetup, NetworkStatus, RootlessInfo } from "./types.ts";

/** Where a test puts its own files; the defaults are Podman's. */
export interface NetworkPlaces { readonly runDir?: string; readonly lockPath?: string }

/** Reads nothing and needs no program yet: definitions load per call, netavark is looked for at the first set-up. */
export async function openNetworks(config: EngineConfig, places: NetworkPlaces = {}): Promise<NetworkBackend> {
  return new Networks(config, places);
}

class Networks implements NetworkBackend {
  readonly #config: EngineConfig;
  readonly #folder: NetworkFolder;
  readonly #runDir: string;
  readonly #lockPath: string;

  constructor(config: EngineConfig, places: NetworkPlaces) {
    this.#config = config;
    this.#folder = { directory: config.network.networkConfigDir, defaultNetwork: config.network.defaultNetwork, defaultSubnet: config.network.defaultSubnet };
    // Root's engines share one host namespace whatever their storage, so they share addresses and lock; a user's do not.
    this.#runDir = places.runDir ?? (config.rootless ? join(config.storage.runRoot, "networks") : "/run/containers/networks");
    this.#lockPath = places.lockPath ?? (config.rootless ? join(this.#folder.directory, "netavark.lock") : "/run/lock/netavark.lock");
  }

  #load(): ReadonlyMap<string, Network> { return loadNetworks(this.#folder).networks; }

  async list(): Promise<readonly Network[]> {
    return [...this.#load().values()];
  }

  async inspect(ref: string): Promise<Network> {
    return findNetwork(this.#load(), ref);
  }

  async create(request: NetworkRequest, options: { readonly ignoreIfExists?: boolean } = {}): Promise<Network> {
    using _lock = await this.#lock();
    const networks = this.#load();
    const existing = request.name === undefined ? undefined : networks.get(request.name);
    if (existing !== undefined && options.ignoreIfExists === true) return existing;
    const network = orderFields(await completeNetwork(request, {
      networks, pools: this.#config.network.defaultSubnetPools, interfaceNames, interfaceSubnets, routedSubnets,
      createByPlugin: async (draft) => (await import("./plugin.ts")).createByPlugin(draft, this.#config.network.netavarkPluginDirs),
    }));
    const netavark = findHelper("netavark", this.#config.engine.helperBinariesDir);
    if (netavark !== undefined) checkRequirements(netavark, network.name, requirementsOf(network));
    saveNetwork(this.#folder, network);
    return network;
  }

  async remove(ref: string): Promise<void> {
    using _lock = await this.#lock();
    const network = findNetwork(this.#load(), ref);
    if (network.name === this.#folder.defaultNetwork) throw new EngineError("failed-precondition", `default network ${network.name} cannot be removed`);
    const { forgetNetwork } = await import("./ipam.ts");
    await forgetNetwork(this.#addressBook(), network.name);
    removeNetworkFile(this.#folder, network.name);
  }

  async update(ref: string, change: { readonly addDnsServers?: readonly string[]; readonly removeDnsServers?: readonly string[] }): Promise<void> {
    const { updateDnsServers } = await import("./netavark.ts");
    const before = findNetwork(this.#load(), ref);
    const servers = changedServers(before.network_dns_servers ?? [], change);
    if (JSON.stringify(servers) === JSON.stringify(before.network_dns_servers ?? [])) return;
    {
      using _lock = await this.#lock();
      saveNetwork(this.#folder, { ...findNetwork(this.#load(), before.name), network_dns_servers: servers });
    }
    await updateDnsServers(this.#call(), before.name, servers);
  }

  async drivers(): Promise<readonly string[]> {
    const { pluginNames } = await import("./plugin.ts");
    return ["bridge", "macvlan", "ipvlan", ...pluginNames(this.#config.network.netavarkPluginDirs)];
  }

  programs(): { readonly netavark?: string; readonly aardvark?: string } {
    const directories = this.#config.engine.helperBinariesDir;
    const [netavark, aardvark] = [findHelper("netavark", directories), findHelper("aardvark-dns", directories)];
    return { ...(netavark === undefined ? {} : { netavark }), ...(aardvark === undefined ? {} : { aardvark }) };
  }

  async setup(request: NetworkSetup): Promise<Readonly<Record<string, NetworkStatus>>> {
    return connect(this.#connector(), request);
  }

  async teardown(request: NetworkSetup, options: { readonly behind?: boolean } = {}): Promise<void> {
    await disconnect(this.#connector(), request, options.behind ?? false);
  }

  faults(containers: readonly ConnectedContainer[]): NetworkFaults {
    const { network, rootless } = this.#config;
    return findFaults({
      networks: this.#load(), runDir: this.#runDir, hasResolver: this.programs().aardvark !== undefined,
      seesRules: !rootless && network.firewallDriver !== "none" && network.firewallDriver !== "firewalld",
    }, containers);
  }

  async reviveResolver(): Promise<void> {
    await (await import("./revive.ts")).reviveResolver(this.#call());
  }

  async reviveRules(): Promise<boolean> {
    return (await import("./revive.ts")).reviveRules(this.#call());
  }

  #connector(): Connector {
    return { networks: this.#load(), addressBook: this.#addressBook(), call: () => this.#call(), isNamingByDevice: this.#config.containers.interfaceName === "device" };
  }

  #addressBook(): string { return join(this.#runDir, "ipam.db"); }

  #call(): NetavarkCall {
    const { engine, network, rootless } = this.#config;
    mkdirSync(dirname(this.#lockPath), { recursive: true, mode: 0o755 });
    mkdirSync(this.#runDir, { recursive: true, mode: 0o755 });
    return {
      program: needHelper("netavark", engine.helperBinariesDir, "netavark-missing"), aardvark: findHelper("aardvark-dns", engine.helperBinariesDir),
      runDir: this.#runDir, rootless, pluginDirs: network.netavarkPluginDirs, lockPath: this.#lockPath, dnsPort: network.dnsBindPort, firewall: network.firewallDriver, inside: rootless ? this.#inside() : undefined,
    };
  }

  #inside(): RootlessNetns {
    const { engine, network } = this.#config;
    return rootlessNetns({ runDir: this.#runDir, helperDirs: engine.helperBinariesDir, searchPath: process.env["PATH"], pastaOptions: network.pastaOptions });
  }

  rootlessInfo(): RootlessInfo | undefined {
    if (!this.#config.rootless) return undefined;
    return { ...this.#inside().info(), prefix: ["nsenter", `--net=${join(this.#runDir, "rootless-netns/rootless-netns")}`, "--"] };
  }

  async inRootlessNetns<T>(work: (prefix: readonly string[]) => Promise<T>): Promise<T> {
    if (!this.#config.rootless) throw new EngineError("failed-precondition", "please use unshare with rootless");
    mkdirSync(this.#runDir, { recursive: true, mode: 0o755 });
    const inside = this.#inside();
    const change = async (by: 1 | -1): Promise<readonly string[]> => {
      using _lock = await this.#lock();
      const prefix = by === 1 ? await inside.enter() : [];
      inside.count(by);
      return prefix;
    };
    const prefix = await change(1);
    try { return await work(prefix); } finally { await change(-1); }
  }

  async #lock(): ReturnType<typeof lockFile> {
    mkdirSync(dirname(this.#lockPath), { recursive: true, mode: 0o755 });
    return lockFile(this.#lockPath);
  }
}

/** Order kept, doubles dropped. */
function changedServers(before: readonly string[], change: { readonly addDnsServers?: readonly string[]; readonly removeDnsServers?: readonly string[] }): string[] {
  const [add, remove] = [change.addDnsServers ?? [], change.removeDnsServers ?? []];
  for (const [servers, field] of [[add, "AddDNSServer"], [remove, "RemoveDNSServer"]] as const) {
    const bad = servers.find((server) => parseIp(server) === undefined);
    if (bad !== undefined) throw new EngineError("invalid-argument", `unable to parse ip ${bad} specified in ${field}: invalid argument`);
  }
  return [...new Set([...before.filter((server) => !remove.includes(server)), ...add])];
}
