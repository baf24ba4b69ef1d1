import { prune as operation } from "../../../contract/pod/prune.ts";
import { defineCommand } from "../../kit/types.ts";

export const podPrune = defineCommand({
  paths: ["pod prune"],
  summary: operation.summary,
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: { force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" } },
  examples: ["podman pod prune"],
  run: async (context, _args, { force }) => {
    const { confirmed } = await import("../../confirm.ts");
    if (!force && !await confirmed(context, "WARNING! This will remove all stopped/exited pods..")) return 0;
    let status = 0;
    for (const { Id, Err } of await (await context.engine()).pod.prune({})) {
      if (Err === undefined) await context.out.write(`${Id}\n`);
      else { await context.err.write(`Error: ${Err}\n`); status = 125; }
    }
    return status;
  },
});
