/** What a container's network mode means for its namespace. */
import { hostname as hostHostname } from "node:os";
import type { PortPublish } from "../contract/types/container-create.ts";
import type { UserModeNetwork } from "../net/pasta.ts";
import type { NetworkSetup, NetworkStatus } from "../net/types.ts";
import type { EngineContext } from "../engine/context.ts";
import { netnsPathOf } from "./paths.ts";
import type { ContainerRecord } from "./record.ts";

/** True when the engine pins a namespace for it: the modes that netavark or pasta set up. For `none` the runtime makes one. */
export function ownsNetns({ config }: ContainerRecord): boolean {
  return config.network.mode === "bridge" || config.network.mode === "pasta" || config.network.mode === "slirp4netns" || config.network.mode === "private";
}
/** True when the runtime makes the namespace and it is pinned and connected afterwards: it must belong to the container's user namespace. */
export function pinsNetnsLater(record: ContainerRecord): boolean {
  return ownsNetns(record) && (record.config.uidMaps.length > 0 || record.config.create.namespaces?.user?.mode === "ns");
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

/** What setting up gave; the container's files are written from it. */
export interface Connected { readonly status: Readonly<Record<string, NetworkStatus>>; readonly userMode?: UserModeNetwork }

/** Sets the pinned namespace up as the mode asks. slirp4netns ends with `exitFd`. On failure nothing is left but the namespace. */
export async function connectNetwork(context: EngineContext, record: ContainerRecord, exitFd?: number): Promise<Connected> {
  if (isConnected(record)) return { status: await connectBridges(context, record) };
  if (record.config.network.mode === "pasta") return { status: {}, userMode: await connectPasta(context, record) };
  if (record.config.network.mode === "slirp4netns" && exitFd !== undefined) return { status: {}, userMode: await connectSlirp(context, record, exitFd) };
  return { status: {} };
}

async function connectBridges(context: EngineContext, record: ContainerRecord): Promise<Connected["status"]> {
  const backend = await context.networks();
  const request = networkSetupOf(context, record);
  const status = await backend.setup(request);
  const inside = backend.rootlessInfo();
  if (inside === undefined || request.ports.length === 0) return status;
  try {
    const { firstAddress, startForwarding } = await import("../net/forward.ts");
    startForwarding({ ports: request.ports, netnsPath: request.netnsPath, address: firstAddress(status), runDir: record.config.runDir, prefix: inside.prefix, selfCommand: context.selfCommand });
    return status;
  } catch (error) {
    await backend.teardown(request).catch(() => { /* the first error counts; the next start tears down again */ });
    throw error;
  }
}

async function connectPasta(context: EngineContext, { id, config }: ContainerRecord): Promise<UserModeNetwork> {
  const [{ startPasta }, { needHelper }] = await Promise.all([import("../net/pasta.ts"), import("../net/helper-binary.ts")]);
  const { engine, network } = context.config;
  return startPasta({
    program: needHelper("pasta", engine.helperBinariesDir, "program-missing", context.env["PATH"]), netnsPath: netnsPathOf(context, id),
    ports: config.network.ports, options: [...network.pastaOptions, ...config.create.network?.networkOptions?.["pasta"] ?? []],
  });
}

async function connectSlirp(context: EngineContext, { id, config }: ContainerRecord, exitFd: number): Promise<UserModeNetwork> {
  const [{ startSlirp }, { needHelper }] = await Promise.all([import("../net/slirp4netns.ts"), import("../net/helper-binary.ts")]);
  const { engine } = context.config;
  const netnsPath = netnsPathOf(context, id);
  const { ports } = config.network;
  const { forwardsPorts, ...network } = await startSlirp({
    program: engine.networkCmdPath ?? needHelper("slirp4netns", engine.helperBinariesDir, "program-missing", context.env["PATH"]), netnsPath, exitFd, ports,
    options: [...engine.networkCmdOptions, ...config.create.network?.networkOptions?.["slirp4netns"] ?? []],
  });
  if (ports.length === 0 || forwardsPorts) return network;
  const { startForwarding } = await import("../net/forward.ts");
  startForwarding({ ports, netnsPath, address: network.addresses[0] ?? "127.0.0.1", runDir: config.runDir, prefix: ["nsenter", `--net=${netnsPath}`, "--"], selfCommand: context.selfCommand });
  return network;
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
