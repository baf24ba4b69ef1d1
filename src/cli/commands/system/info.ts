import { defineCommand } from "../../kit/types.ts";

export const infoCommand = defineCommand({
  paths: ["info", "system info"],
  summary: "Show facts about the host, the storage and the configuration",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "json, or a Go template" },
    debug: { kind: "bool", name: "debug", short: "D", default: false, hidden: true, doc: "Accepted for scripts; does nothing" },
  },
  examples: ["podman info"],
  run: async (context, _args, flags) => {
    const { renderFormat } = await import("../../render.ts");
    const engine = await context.engine();
    const report = await engine.system.info({});
    if (flags.format !== undefined && flags.format !== "") return renderFormat(context, "info", flags.format, context.isRemote ? { ...report, host: { ...report.host, serviceIsRemote: true } } : report);
    const { stringify } = await import("yaml");
    await context.out.write(stringify(report, { aliasDuplicateObjects: false, lineWidth: 0, defaultStringType: "PLAIN", nullStr: "null" }));
  },
});
