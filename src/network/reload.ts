import type { InputOf } from "../contract/kit.ts";
import type { reload as operation } from "../contract/network/reload.ts";
import type { NetworkAttach } from "../contract/types/container-create.ts";
import { EngineError } from "../base/errors.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { keepStatus, needBridge, setupOf, statusOf } from "./connection.ts";

/**
 * Makes everything of a running container's networks anew: devices, rules and names, after somebody flushed the firewall or killed
 * the resolver; its addresses and MACs stay.
 * @throws not-found, failed-precondition (no network set up), invalid-argument (no bridge mode)
 */
export async function reload(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<string> {
  const { id } = context.containers().resolve(ref);
  return reloadIf(context, id, () => true);
}

/** The same, when `isNeeded` is still true with the container's lock held. */
export async function reloadIf(context: EngineContext, id: string, isNeeded: (record: ContainerRecord) => boolean): Promise<string> {
  using _lock = await context.lock("container", id);
  const record = context.containers().resolve(id);
  const { netnsPath } = record.state;
  if (!isNeeded(record)) return id;
  if (netnsPath === undefined) throw new EngineError("failed-precondition", `container ${id} network is not configured, refusing to reload: container state improper`, { reason: "container-state" });
  needBridge(record);
  const backend = await context.networks();
  // netavark must know a resolver that lost its files, or it would start a second one.
  await backend.reviveResolver();
  const anew = async (): Promise<void> => {
    // With its rules gone netavark's teardown has complaints that say nothing new.
    await backend.teardown(setupOf(record, record.config.network.networks, netnsPath)).catch(() => undefined);
    await keepStatus(context, record, await backend.setup(setupOf(record, asBefore(record), netnsPath)));
  };
  // A user's bridges and what forwards to them stay where they are, were this the only container.
  if (context.config.rootless) await backend.inRootlessNetns(anew); else await anew();
  return id;
}

function asBefore(record: ContainerRecord): NetworkAttach[] {
  const status = statusOf(record);
  return record.config.network.networks.map((attach) => {
    const [name, device] = Object.entries(status[attach.name]?.interfaces ?? {})[0] ?? [];
    if (name === undefined || device === undefined) return attach;
    return { ...attach, interfaceName: name, staticMac: device.mac_address, staticIps: (device.subnets ?? []).map(({ ipnet }) => ipnet.split("/")[0] ?? "") };
  });
}
