import type { InputOf } from "../contract/kit.ts";
import type { update as operation } from "../contract/network/update.ts";
import type { EngineContext } from "../engine/context.ts";

/** Changes the network's upstream name servers, at once for running containers. @throws not-found/no-such-network, invalid-argument */
export async function update(context: EngineContext, { ref, addDnsServers, removeDnsServers }: InputOf<typeof operation.input>): Promise<void> {
  await (await context.networks()).update(ref, { addDnsServers: addDnsServers ?? [], removeDnsServers: removeDnsServers ?? [] });
}
