/** The question of `podman system reset`. */
import { shortId } from "../../base/ids.ts";
import type { ListContainer } from "../../contract/types/container-list.ts";
import { goQuote } from "../../formats/go/quote.ts";
import { confirmed } from "../confirm.ts";
import type { CommandContext } from "../kit/types.ts";

export async function confirmReset(context: CommandContext): Promise<boolean> {
  const engine = await context.engine();
  // A broken store must not keep anybody from resetting it.
  const info = await engine.system.info({}).catch(() => undefined);
  const external = (await engine.container.list({ all: true, external: true }).catch((): readonly ListContainer[] => [])).filter(({ State }) => State === "storage");
  return confirmed(context, [
    "WARNING! This will remove:",
    ...["all containers", "all pods", "all images", "all networks", "all build cache", "all machines", "all volumes"].map(item),
    ...(info === undefined ? [] : [item(`the graphRoot directory: ${goQuote(info.store.graphRoot)}`), item(`the runRoot directory: ${goQuote(info.store.runRoot)}`)]),
    ...(external.length === 0 ? [] : ["WARNING! The following external containers will be purged:", ...external.map(({ Id, Names }) => `\t- ${shortId(Id)} (${Names[0] ?? ""})`)]),
  ].join("\n"));
}

const item = (text: string): string => `        - ${text}`;
