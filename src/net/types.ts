/**
 * Container networking. Networks are JSON files shared with Podman (`/etc/containers/networks`, or below the graph root for a
 * user); netavark does the kernel's part, aardvark-dns the names. Addresses come from `ipam.ts`, under one lock.
 */
import type { NetworkAttach, PortPublish } from "../contract/types/container-create.ts";
import type { Network, NetworkStatus } from "../contract/types/network.ts";
import type { ConnectedContainer, NetworkFaults } from "./health.ts";

export type { Network, NetworkStatus, Subnet } from "../contract/types/network.ts";

export interface RootlessInfo {
  /** argv in front of a program that is to run inside. */
  readonly prefix: readonly string[];
  /** The host's addresses that are used inside too, so they do not lead to the host from there. */
  readonly addresses?: readonly string[];
  /** Addresses inside that lead to the host. */
  readonly mapGuest?: readonly string[];
}

export interface NetworkSetup {
  readonly containerId: string;
  readonly containerName: string;
  readonly hostname?: string;
  /** Pinned network namespace, made with `sys.createNetns`. */
  readonly netnsPath: string;
  readonly networks: readonly NetworkAttach[];
  /** Host ports are final here (no 0, no ranges left to choose). */
  readonly ports: readonly PortPublish[];
  readonly dnsServers?: readonly string[];
}

export interface NetworkBackend {
  list(): Promise<readonly Network[]>;
  /** By name, id or unique id prefix. @throws not-found/no-such-network */
  inspect(ref: string): Promise<Network>;
  /** Checks, completes and stores. With `ignoreIfExists` an existing network of that name is returned. @throws invalid-argument, already-exists/name-in-use */
  create(network: Partial<Network> & { readonly name?: string }, options?: { readonly ignoreIfExists?: boolean }): Promise<Network>;
  /** Whether containers use it is the caller's question. @throws not-found, failed-precondition for the default network */
  remove(ref: string): Promise<void>;
  /** Changes the upstream name servers, of running containers too. @throws not-found, invalid-argument */
  update(ref: string, change: { readonly addDnsServers?: readonly string[]; readonly removeDnsServers?: readonly string[] }): Promise<void>;
  /** Facts of the namespace in which a user's bridges live; undefined for root. */
  rootlessInfo(): RootlessInfo | undefined;
  /** Runs work in the namespace in which a user's bridges live, made if it is not there and kept meanwhile. @throws failed-precondition for root, unavailable with pasta's words */
  inRootlessNetns<T>(work: (prefix: readonly string[]) => Promise<T>): Promise<T>;
  /** Drivers that `create` knows, plugins too, for `info`. */
  drivers(): Promise<readonly string[]>;
  /** What is missing of these running containers' connections. Cheap, takes no lock. */
  faults(containers: readonly ConnectedContainer[]): NetworkFaults;
  /** Starts the resolver again if it died. Names and rules of containers come back with a teardown and a set-up. @throws unavailable with its own words */
  reviveResolver(): Promise<void>;
  /** Makes all rules anew without touching connections, where netavark can (1.17). False: it cannot. */
  reviveRules(): Promise<boolean>;
  /** Programs and their paths, for `info`; versions are asked for there. */
  programs(): { readonly netavark?: string; readonly aardvark?: string };
  /** Connects the namespace to the networks and opens the ports. On failure nothing is left. Safe after a crash: tear down, then set up again. @throws conflict/port-in-use, netavark-missing */
  setup(request: NetworkSetup): Promise<Readonly<Record<string, NetworkStatus>>>;
  /**
   * Idempotent; frees addresses, rules, ports and names. With `behind` it returns when the work can no longer be lost, and the
   * next set-up waits for its end: the namespace may be unpinned at once.
   */
  teardown(request: NetworkSetup, options?: { readonly behind?: boolean }): Promise<void>;
}
