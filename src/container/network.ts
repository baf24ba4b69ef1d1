/** What a container's network mode means for its namespace. */
import { hostname as hostHostname } from "node:os";
import type { PortPublish } from "../contract/types/container-create.ts";
import type { NetworkSetup } from "../net/types.ts";
import type { EngineContext } from "../engine/context.ts";
import { netnsPathOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";

/** True when the engine pins a namespace for it: every mode but `host` and those that join another one. */
export function ownsNetns({ config }: ContainerRecord): boolean {
  return config.network.mode === "bridge" || config.network.mode === "pasta" || config.network.mode === "slirp4netns" || config.network.mode === "none" || config.network.mode === "private";
}
/** True when netavark (or pasta) must set it up. */
export function isConnected({ config }: ContainerRecord): boolean {
  return config.network.mode === "bridge" && config.network.networks.length > 0;
}

/** Host ports are taken before any firewall rule points at them; conmon then keeps the sockets. A user's ports are the forwarder's. */
export function heldPortsOf(context: EngineContext, record: ContainerRecord): readonly PortPublish[] {
  const { config } = context;
  return isConnected(record) && config.engine.enablePortReservation && !config.rootless ? record.config.network.ports : [];
}

export function networkSetupOf(context: EngineContext, record: ContainerRecord): NetworkSetup {
  const { config } = record;
  const dns = [...context.config.containers.dnsServers, ...config.create.network?.dnsServers ?? []];
  return {
    containerId: record.id, containerName: record.name, hostname: config.hostname === "" ? hostHostname() : config.hostname,
    netnsPath: netnsPathOf(context, record.id), networks: config.network.networks, ports: config.network.ports,
    ...(dns.length === 0 ? {} : { dnsServers: dns }),
  };
}
