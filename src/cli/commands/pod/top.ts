import { top as operation } from "../../../contract/pod/top.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestPodFlag } from "../../pod-targets.ts";

export const podTop = defineCommand({
  paths: ["pod top"],
  summary: operation.summary,
  usage: "[options] POD [FORMAT-DESCRIPTORS|ARGS...]",
  args: { min: 0, completion: "pod", check: (args, flags) => (args.length === 0 && flags["latest"] !== true && flags["listDescriptors"] !== true ? "you must provide the name or id of a running pod" : undefined) },
  flags: { ...latestPodFlag, listDescriptors: { kind: "bool", name: "list-descriptors", default: false, hidden: true, doc: "Show the names of all columns" } },
  interspersed: false,
  examples: ["podman pod top podID", "podman pod top podID user pid seccomp args %C", "podman pod top podID -eo user,pid,comm"],
  run: async (context, args, flags) => {
    const { latestPod } = await import("../../pod-targets.ts");
    const { showProcesses } = await import("../../show-processes.ts");
    const engine = await context.engine();
    if (flags.listDescriptors) {
      const { topDescriptors } = await import("../../../contract/container/top.ts");
      await context.out.write(`${topDescriptors.join("\n")}\n`);
      return;
    }
    const [ref, descriptors] = flags.latest ? [await latestPod(engine), args] : [args[0] ?? "", args.slice(1)];
    await showProcesses(context, await engine.pod.top({ ref, ...(descriptors.length > 0 && { descriptors }) }));
  },
});
