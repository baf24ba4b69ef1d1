import { inspect as operation } from "../../../contract/network/inspect.ts";
import { isEngineError, messageOf } from "../../../base/errors.ts";
import type { NetworkInspect } from "../../../contract/types/network.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkInspect = defineCommand({
  paths: ["network inspect"],
  summary: operation.summary,
  description: "Shows all that is set for the networks.",
  usage: "[options] NETWORK [NETWORK...]",
  args: { min: 1, completion: "network" },
  examples: ["podman network inspect podman"],
  flags: { format: { name: "format", short: "f", kind: "string", doc: "`json` or a Go template" } },
  run: async (context, names, { format }) => {
    const engine = await context.engine();
    const found: NetworkInspect[] = [];
    const problems: string[] = [];
    for (const ref of names) {
      try { found.push(await engine.network.inspect({ ref })); } catch (error) {
        if (!isEngineError(error, "no-such-network")) throw error;
        problems.push(`network ${ref}: ${messageOf(error)}`);
      }
    }
    const { isJson, renderFormat, renderJson } = await import("../../render.ts");
    const { networkReport } = await import("../../network-row.ts");
    if (format === undefined || isJson(format)) await renderJson(context, found, 5);
    else for (const network of found) await renderFormat(context, "inspect", format, networkReport(network));
    for (const problem of problems) await context.err.write(`Error: ${problem}\n`);
    return problems.length > 0 ? 125 : 0;
  },
});
