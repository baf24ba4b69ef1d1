import { inspect as operation } from "../../../contract/pod/inspect.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestPodFlag } from "../../pod-targets.ts";

export const podInspect = defineCommand({
  paths: ["pod inspect"],
  summary: operation.summary,
  usage: "[options] POD [POD...]",
  args: { min: 0, completion: "pod", check: (args, flags) => {
    if (args.length === 0 && flags["latest"] !== true) return "you must provide the name or id of a running pod";
    return args.length > 0 && flags["latest"] === true ? "--latest and pods cannot be used together" : undefined;
  } },
  flags: { format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" }, ...latestPodFlag },
  examples: ["podman pod inspect podID"],
  run: async (context, args, { format, latest }) => {
    const { inspectObjects } = await import("../../list/inspect.ts");
    const { latestPod } = await import("../../pod-targets.ts");
    const refs = latest ? [await latestPod(await context.engine())] : args;
    return inspectObjects(context, refs, { format, type: "pod", size: false, latest: false });
  },
});
