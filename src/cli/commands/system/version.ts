import type { VersionReport } from "../../../contract/system/version.ts";
import { defineCommand } from "../../kit/types.ts";

export const version = defineCommand({
  paths: ["version"],
  summary: "Display the Podman version information",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "Print as JSON, or by a Go template" },
  },
  run: async (context, _args, { format }) => {
    const client = await (await context.engine()).system.version({});
    const report = { Client: client };
    if (format === undefined) { await context.out.write(describe(client)); return; }
    const { renderFormat } = await import("../../render.ts");
    await renderFormat(context, "version", format, report);
  },
});

function describe(side: VersionReport): string {
  const rows: [string, string][] = [
    ["Client:", "Podman Engine"], ["Version:", side.Version], ["API Version:", side.APIVersion], ["Go Version:", side.GoVersion],
    ...(side.GitCommit === "" ? [] : [["Git Commit:", side.GitCommit] as [string, string]]),
    ["Built:", side.BuiltTime], ...(side.BuildOrigin === undefined ? [] : [["Build Origin:", side.BuildOrigin] as [string, string]]),
    ["OS/Arch:", side.OsArch],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join("");
}
