/** Which containers are on which networks. */
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";

/** Containers on a network, running or not. */
export function usersOf(context: EngineContext, networkName: string): readonly ContainerRecord[] {
  return context.containers().list().filter(({ config }) => config.network.mode === "bridge" && config.network.networks.some(({ name }) => name === networkName));
}

/** Names of networks that may not be pruned: those of containers, and the default one. */
export function usedNetworks(context: EngineContext): ReadonlySet<string> {
  const names = context.containers().list().filter(({ config }) => config.network.mode === "bridge").flatMap(({ config }) => config.network.networks.map(({ name }) => name));
  return new Set([...names, context.config.network.defaultNetwork]);
}
