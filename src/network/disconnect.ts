import type { InputOf } from "../contract/kit.ts";
import type { disconnect as operation } from "../contract/network/disconnect.ts";
import type { NetworkAttach } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { entriesOfStatus, removeHostEntries } from "../net/hosts.ts";
import { changeNameservers } from "../net/resolv-conf.ts";
import type { NetworkStatus } from "../net/types.ts";
import { hasNetns, hostNames, keepStatus, needBridge, networkEvent, setupOf, statusOf, withNetworks, writtenFile } from "./connection.ts";

/**
 * Takes a container off a network, at once when it runs. After a failure it is still on it.
 * @throws not-found, invalid-argument (no bridge mode), failed-precondition (not connected)
 */
export async function disconnect(context: EngineContext, { ref, container }: InputOf<typeof operation.input>): Promise<void> {
  const { id } = context.containers().resolve(container);
  needBridge(context.containers().resolve(id));
  const network = await (await context.networks()).inspect(ref);
  using _lock = await context.lock("container", id);
  const record = context.containers().resolve(id);
  const before = record.config.network.networks;
  const attach = before.find(({ name }) => name === network.name);
  if (attach === undefined) throw new EngineError("failed-precondition", `container ${container} is not connected to network ${network.name}`);
  // The kernel first: killed in between, the container is still on the network for everybody, and the same again finishes it.
  if (hasNetns(record)) await disconnectRunning(context, record, attach, container);
  withNetworks(context, record, before.filter((one) => one !== attach));
  await networkEvent(context, record, "disconnect", network.name);
  if (hasNetns(record)) await forget(context, record, network.name);
}

async function disconnectRunning(context: EngineContext, record: ContainerRecord, attach: NetworkAttach, container: string): Promise<void> {
  const { netnsPath } = record.state;
  if (netnsPath === undefined) throw new EngineError("failed-precondition", `unable to disconnect ${container} from ${attach.name}: container has no network namespace`);
  // The interface's default name follows from the place among all networks.
  const interfaceName = attach.interfaceName ?? Object.keys(statusOf(record)[attach.name]?.interfaces ?? {})[0] ?? `eth${record.config.network.networks.indexOf(attach)}`;
  await (await context.networks()).teardown(setupOf(record, [{ ...attach, interfaceName }], netnsPath));
}

async function forget(context: EngineContext, record: ContainerRecord, networkName: string): Promise<void> {
  const { [networkName]: gone, ...rest } = statusOf(record);
  await keepStatus(context, record, rest);
  if (gone !== undefined) updateFiles(record, gone);
}

function updateFiles(record: ContainerRecord, gone: NetworkStatus): void {
  const resolvConf = writtenFile(record, "resolv.conf");
  const servers = gone.dns_server_ips ?? [];
  if (resolvConf !== undefined && servers.length > 0) changeNameservers(resolvConf, { remove: servers });
  const hosts = writtenFile(record, "hosts");
  if (hosts !== undefined) removeHostEntries(hosts, entriesOfStatus({ gone }, hostNames(record)));
}
