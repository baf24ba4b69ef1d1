import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const topCommand = defineCommand({
  paths: ["top", "container top"],
  summary: "Show the processes of a container",
  description: "Shows the processes of a running container, with the columns named by descriptors (`user pid args`) or by options of ps(1).",
  usage: "[options] CONTAINER [FORMAT-DESCRIPTORS|ARGS...]",
  args: { min: 0, completion: "container", check: (args, flags) =>
    args.length === 0 && flags["latest"] !== true && flags["listDescriptors"] !== true ? "you must provide the name or id of a running container" : undefined },
  flags: {
    ...latestFlag,
    listDescriptors: { kind: "bool", name: "list-descriptors", default: false, hidden: true, doc: "Show the names of all columns" },
  },
  interspersed: false,
  examples: ["podman top ctrID", "podman top ctrID pid seccomp args %C", "podman top ctrID -eo user,pid,comm"],
  run: async (context, args, flags) => {
    const { latestContainer } = await import("../../latest.ts");
    const { isEngineError, within } = await import("../../../base/errors.ts");
    const engine = await context.engine();
    if (flags.listDescriptors) {
      const { topDescriptors } = await import("../../../contract/container/top.ts");
      await context.out.write(`${topDescriptors.join("\n")}\n`);
      return;
    }
    const [ref, descriptors] = flags.latest ? [await latestContainer(engine), args] : [(args[0] ?? "").replace(/^\//, ""), args.slice(1)];
    const { showProcesses } = await import("../../show-processes.ts");
    const report = await engine.container.top({ ref, ...(descriptors.length > 0 && { descriptors }) }).catch((error: unknown) => {
      throw isEngineError(error, "no-such-container") ? within("unable to look up requested container", error) : error;
    });
    await showProcesses(context, report);
  },
});
