/** What connect, disconnect and reload share: a container on bridge networks, held by its lock. */
import { join } from "node:path";
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { isAlive, type ContainerRecord } from "../container/record.ts";
import type { NetworkAttach } from "../contract/types/container-create.ts";
import type { NetworkStatus } from "../contract/types/network.ts";
import type { EngineContext } from "../engine/context.ts";
import type { NetworkSetup } from "../net/types.ts";

export type StatusMap = Readonly<Record<string, NetworkStatus>>;

/** @throws invalid-argument: host, none, container: and the like have no networks to change */
export function needBridge({ config }: ContainerRecord): void {
  const { mode, value } = config.network;
  if (mode !== "bridge") throw new EngineError("invalid-argument", `"${mode}${value === undefined ? "" : `:${value}`}" is not supported: invalid network mode`);
}

export const statusOf = ({ state }: ContainerRecord): StatusMap => (state.networkStatus ?? {}) as StatusMap;
/** True when the change must reach the kernel too. */
export const hasNetns = ({ state }: ContainerRecord): boolean => isAlive(state.status) || state.status === "initialized";

export function setupOf(record: ContainerRecord, networks: readonly NetworkAttach[], netnsPath: string): NetworkSetup {
  const { id, name, config } = record;
  return { containerId: id, containerName: name, hostname: config.hostname, netnsPath, networks, ports: config.network.ports, dnsServers: config.create.network?.dnsServers ?? [] };
}

export function withNetworks(context: EngineContext, record: ContainerRecord, networks: readonly NetworkAttach[]): ContainerRecord {
  return context.containers().setConfig(record.id, { ...record.config, network: { ...record.config.network, networks } });
}

/** First of eth0, eth1, … that none of the networks uses. */
export function freeInterfaceName(networks: readonly NetworkAttach[]): string {
  for (let number = 0; ; number++) {
    const name = `eth${number}`;
    // Without a name of its own a network got the number of its place.
    if (!networks.some(({ interfaceName }, index) => (interfaceName ?? `eth${index}`) === name)) return name;
  }
}

/** A file of the running container that the engine wrote, or undefined when it has none (--no-hosts). */
export function writtenFile({ config }: ContainerRecord, name: "hosts" | "resolv.conf"): string | undefined {
  const path = join(config.runDir, name);
  return existsSync(path) ? path : undefined;
}

/** Names in the hosts file: the same as at start. */
export const hostNames = (record: ContainerRecord): string[] => [record.config.hostname, record.name].filter((name) => name !== "");

/** Keeps what the running container has now; connections to a user's published ports follow. */
export async function keepStatus(context: EngineContext, record: ContainerRecord, networkStatus: StatusMap): Promise<void> {
  context.containers().setState(record.id, { networkStatus });
  if (!context.config.rootless || record.config.network.ports.length === 0) return;
  const { firstAddress, retarget } = await import("../net/forward.ts");
  retarget(record.config.runDir, firstAddress(networkStatus));
}

export async function networkEvent(context: EngineContext, record: ContainerRecord, status: "connect" | "disconnect", network: string): Promise<void> {
  await context.emit({ type: "network", status, id: record.id, name: network, network });
}
