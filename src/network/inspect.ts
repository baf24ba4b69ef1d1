import type { InputOf } from "../contract/kit.ts";
import type { inspect as operation } from "../contract/network/inspect.ts";
import type { NetworkInspect, NetworkStatus } from "../contract/types/network.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookAfterNetworks } from "./look-after.ts";

/** The network and the containers that are connected now. @throws not-found/no-such-network */
export async function inspect(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<NetworkInspect> {
  await lookAfterNetworks(context);
  const network = await (await context.networks()).inspect(ref);
  const connected = context.containers().list().flatMap(({ id, name, state }) => {
    const status = state.networkStatus?.[network.name] as NetworkStatus | undefined;
    return status === undefined ? [] : [[id, { name, ...(status.interfaces === undefined ? {} : { interfaces: status.interfaces }) }] as const];
  });
  return { ...network, containers: Object.fromEntries(connected) };
}
