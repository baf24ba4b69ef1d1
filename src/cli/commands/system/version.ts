import type { VersionReport } from "../../../contract/system/version.ts";
import { isEngineError } from "../../../base/errors.ts";
import { alignTabs } from "../../../formats/go/tabwriter.ts";
import { goType } from "../../../formats/gotemplate/values.ts";
import { defineCommand, type CommandContext } from "../../kit/types.ts";

export const version = defineCommand({
  paths: ["version"],
  summary: "Show the version of client and service",
  usage: "[options]",
  args: { min: 0, max: 0 },
  flags: {
    format: { kind: "string", name: "format", short: "f", doc: "Print as JSON, or by a Go template" },
  },
  run: async (context, _args, { format }) => {
    const { client, server } = await bothSides(context);
    if (format === undefined) {
      await context.out.write(describe("Client:", client) + (server === undefined ? "" : `\n${describe("Server:", server)}`));
      return;
    }
    const { renderFormat } = await import("../../render.ts");
    const report = { [goType]: "*entities.SystemVersionReport", Client: typed(client), ...(server !== undefined && { Server: typed(server) }) };
    try {
      await renderFormat(context, "version", format, report);
    } catch (error) {
      // `{{.Version}}` means the client's, as in old versions; what is wrong there too is told about that.
      if (!isEngineError(error, "invalid-argument")) throw error;
      await renderFormat(context, "version", format.replaceAll(".Server.", "."), report.Client);
    }
  },
});

const typed = (side: VersionReport): VersionReport & { readonly [goType]: string } => ({ ...side, [goType]: "*define.Version" });

/** The engine on this machine is client and server in one. */
async function bothSides(context: CommandContext): Promise<{ readonly client: VersionReport; readonly server?: VersionReport }> {
  if (!context.isRemote) return { client: await (await context.engine()).system.version({}) };
  const { versionOfBuild } = await import("../../../system/version.ts");
  return { client: versionOfBuild(), server: await (await context.engine()).system.version({}) };
}

function describe(title: "Client:" | "Server:", side: VersionReport): string {
  const rows: [string, string][] = [
    [title, "Podman Engine"], ["Version:", side.Version], ["API Version:", side.APIVersion], ["Go Version:", side.GoVersion],
    ...(side.GitCommit === "" ? [] : [["Git Commit:", side.GitCommit] as [string, string]]),
    ["Built:", side.BuiltTime], ...(side.BuildOrigin === undefined ? [] : [["Build Origin:", side.BuildOrigin] as [string, string]]),
    ["OS/Arch:", side.OsArch],
  ];
  return alignTabs(rows.map(([name, value]) => `${name}\t${value}\n`).join(""));
}
