import { defineCommand } from "../../kit/types.ts";

export const infoCommand = defineCommand({
  paths: ["info", "system info"],
  summary: "Show facts about the host, the storage and the configuration",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "`json` or a Go template" },
    debug: { kind: "bool", name: "debug", short: "D", default: false, hidden: true, doc: "Accepted for scripts; does nothing" },
  },
  examples: ["podman info"],
  run: async (context, _args, flags) => {
    const { showInfo } = await import("../../list/info.ts");
    await showInfo(context, flags.format);
  },
});
