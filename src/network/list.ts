import type { InputOf } from "../contract/kit.ts";
import type { list as operation } from "../contract/network/list.ts";
import type { Network } from "../contract/types/network.ts";
import type { EngineContext } from "../engine/context.ts";
import { networkFilter } from "./filter.ts";
import { lookAfterNetworks } from "./look-after.ts";
import { usedNetworks } from "./users.ts";

/** Sorted by name. @throws invalid-argument for a wrong filter */
export async function list(context: EngineContext, { filters }: InputOf<typeof operation.input>): Promise<readonly Network[]> {
  await lookAfterNetworks(context);
  const matches = networkFilter(filters ?? {}, () => usedNetworks(context));
  const networks = await (await context.networks()).list();
  return networks.filter(matches).toSorted((a, b) => a.name < b.name ? -1 : 1);
}
