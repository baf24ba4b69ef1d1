import type { InputOf } from "../contract/kit.ts";
import type { connect as operation } from "../contract/network/connect.ts";
import type { NetworkAttach } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { addHostEntries, entriesOfStatus } from "../net/hosts.ts";
import { changeNameservers, hasIpv6 } from "../net/resolv-conf.ts";
import type { NetworkStatus } from "../net/types.ts";
import { freeInterfaceName, hasNetns, hostNames, keepStatus, needBridge, networkEvent, setupOf, statusOf, withNetworks, writtenFile } from "./connection.ts";

/**
 * Adds a container to a network, at once when it runs. After a failure the container is on the networks it was on before.
 * @throws not-found, invalid-argument (no bridge mode), conflict (connected already and running), failed-precondition
 */
export async function connect(context: EngineContext, input: InputOf<typeof operation.input>): Promise<void> {
  const backend = await context.networks();
  const { id } = context.containers().resolve(input.container);
  needBridge(context.containers().resolve(id));
  const network = await backend.inspect(input.ref);
  using _lock = await context.lock("container", id);
  const record = context.containers().resolve(id);
  const before = record.config.network.networks;
  if (before.some(({ name }) => name === network.name)) {
    // Docker's clients connect twice; as long as nothing runs that is harmless.
    if (!hasNetns(record)) return;
    throw new EngineError("conflict", `container ${id} is already connected to network ${network.name}: network is already connected`, { reason: "network-connected" });
  }
  const attach = attachOf(record, network.name, input);
  withNetworks(context, record, [...before, attach]);
  await networkEvent(context, record, "connect", network.name);
  if (!hasNetns(record)) return;
  try { await connectRunning(context, record, attach); } catch (error) {
    withNetworks(context, record, before);
    throw error;
  }
}

function attachOf(record: ContainerRecord, name: string, input: InputOf<typeof operation.input>): NetworkAttach {
  const hostname = record.config.create.hostname;
  return {
    name, aliases: [...input.aliases ?? [], record.id.slice(0, 12), ...(hostname === undefined ? [] : [hostname])],
    interfaceName: input.interfaceName ?? freeInterfaceName(record.config.network.networks),
    ...(input.staticIps === undefined || input.staticIps.length === 0 ? {} : { staticIps: input.staticIps }),
    ...(input.staticMac === undefined || input.staticMac === "" ? {} : { staticMac: input.staticMac }),
    ...(input.options === undefined ? {} : { options: input.options }),
  };
}

async function connectRunning(context: EngineContext, record: ContainerRecord, attach: NetworkAttach): Promise<void> {
  const { netnsPath } = record.state;
  if (netnsPath === undefined) throw new EngineError("failed-precondition", `unable to connect ${record.name} to ${attach.name}: container has no network namespace`);
  const added = await (await context.networks()).setup(setupOf(record, [attach], netnsPath));
  const before = statusOf(record);
  await keepStatus(context, record, { ...before, ...added });
  updateFiles(record, before, added);
}

function updateFiles(record: ContainerRecord, before: Readonly<Record<string, NetworkStatus>>, added: Readonly<Record<string, NetworkStatus>>): void {
  const isV6 = hasIpv6({ ...before, ...added });
  const servers = Object.values(added).flatMap(({ dns_server_ips }) => dns_server_ips ?? []).filter((server) => isV6 || !server.includes(":"));
  const resolvConf = writtenFile(record, "resolv.conf");
  if (resolvConf !== undefined && servers.length > 0) changeNameservers(resolvConf, { add: servers });
  const hosts = writtenFile(record, "hosts");
  const names = hostNames(record);
  if (hosts !== undefined) addHostEntries(hosts, entriesOfStatus(before, names), entriesOfStatus(added, names));
}
