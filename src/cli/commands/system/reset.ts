import { reset as operation } from "../../../contract/system/reset.ts";
import { defineCommand } from "../../kit/types.ts";

export const systemResetCommand = defineCommand({
  paths: ["system reset"],
  summary: operation.summary,
  description: "Stops and removes all containers, then removes all images, volumes, networks and the directories of the storage. Running services are not restarted.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  where: "local",
  flags: {
    force: { kind: "bool", name: "force", short: "f", default: false, doc: "Do not ask" },
  },
  partly: "machines are left",
  examples: ["podman system reset", "podman system reset --force"],
  run: async (context, _args, { force }) => {
    if (!force && !await (await import("../../system/ask-reset.ts")).confirmReset(context)) return;
    await (await context.engine()).system.reset({});
  },
});
