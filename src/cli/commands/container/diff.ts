import { someOrLatest } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const diffCommand = defineCommand({
  paths: ["container diff"],
  summary: "Show which files of a container have changed",
  usage: "[options] CONTAINER [CONTAINER]",
  args: { min: 0, max: 2, completion: "container", check: someOrLatest },
  flags: { format: { kind: "string", name: "format", doc: "json for a JSON object", completion: ["json"] }, ...latestFlag },
  examples: ["podman container diff myCtr", "podman container diff -l --format json myCtr"],
  run: async (context, args, flags) => {
    const { latestContainer } = await import("../../latest.ts");
    const { showChanges } = await import("../../show-changes.ts");
    const engine = await context.engine();
    const [ref, parent] = flags.latest ? [await latestContainer(engine), undefined] : [args[0] ?? "", args[1]];
    await showChanges(context, await engine.container.diff({ ref, ...(parent !== undefined && { parent }) }), flags.format);
  },
});
