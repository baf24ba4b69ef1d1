import type { InputOf } from "../contract/kit.ts";
import type { prune as operation } from "../contract/network/prune.ts";
import type { NetworkPruneReport } from "../contract/types/network.ts";
import { messageOf } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { pruneFilter } from "./filter.ts";
import { usedNetworks } from "./users.ts";

/** Removes the networks that no container has, except the default one. One that cannot be removed does not stop the others. */
export async function prune(context: EngineContext, { filters }: InputOf<typeof operation.input>): Promise<readonly NetworkPruneReport[]> {
  const matches = pruneFilter(filters ?? {});
  const backend = await context.networks();
  const used = usedNetworks(context);
  const unused = (await backend.list()).filter((network) => !used.has(network.name) && matches(network));
  const reports: NetworkPruneReport[] = [];
  for (const network of unused) {
    try {
      await backend.remove(network.name);
      reports.push({ Name: network.name, Error: null });
      await context.emit({ type: "network", status: "remove", id: network.id, name: network.name, network: network.name, attributes: { driver: network.driver } });
    } catch (error) { reports.push({ Name: network.name, Error: messageOf(error) }); }
  }
  return reports;
}
