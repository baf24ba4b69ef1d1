/** `podman pod stats`. */
import { pause } from "../../base/pause.ts";
import type { PodStats } from "../../contract/types/pod.ts";
import { goType } from "../../formats/gotemplate/values.ts";
import type { CommandContext } from "../kit/types.ts";
import { latestPod } from "../pod-targets.ts";
import { isJson, renderList, type Column } from "../render.ts";

interface Flags { readonly all: boolean; readonly format: string | undefined; readonly latest: boolean; readonly noReset: boolean; readonly noStream: boolean }

const periodMillis = 1000;

/** Asks again each second: services that know no stream of reports do too, and a pod that has gone is told. */
export async function showPodStats(context: CommandContext, args: readonly string[], flags: Flags): Promise<void> {
  const engine = await context.engine();
  const { signal } = context;
  do {
    const pods = flags.latest ? [await latestPod(engine)] : args;
    for await (const rows of engine.pod.stats({ pods, all: flags.all || pods.length === 0 }, { signal })) await show(context, rows, flags);
    if (!flags.noStream) await pause(periodMillis, signal);
  } while (!flags.noStream && !signal.aborted);
}

async function show(context: CommandContext, rows: readonly PodStats[], { format, noReset }: Flags): Promise<void> {
  const json = format !== undefined && isJson(format);
  if (!json && !noReset && context.out.isTerminal) await context.out.write("\u001b[2J\u001b[1;1H");
  if (rows.length === 0 && format !== undefined && !json) return;
  const shown = rows.length === 0 && !json ? [nothing] : rows;
  await renderList(context, shown.map((row) => ({ ...row, [goType]: "*types.PodStatsReport" })), { name: "stats", format, columns, headers, alwaysHeading: true, json: () => rows, jsonIndent: 5 });
}

const none = "--";
const nothing: PodStats = { CPU: none, MemUsage: none, MemUsageBytes: none, Mem: none, NetIO: none, BlockIO: none, PIDS: none, Pod: none, CID: none, Name: none };

const columns: readonly Column<PodStats>[] = [
  { header: "POD", cell: (row) => row.Pod }, { header: "CID", cell: (row) => row.CID }, { header: "NAME", cell: (row) => row.Name }, { header: "CPU %", cell: (row) => row.CPU },
  { header: "MEM USAGE/ LIMIT", cell: (row) => row.MemUsage }, { header: "MEM %", cell: (row) => row.Mem }, { header: "NET IO", cell: (row) => row.NetIO }, { header: "BLOCK IO", cell: (row) => row.BlockIO },
  { header: "PIDS", cell: (row) => row.PIDS },
];
const headers = { CPU: "CPU %", MemUsage: "MEM USAGE/ LIMIT", MemUsageBytes: "MEM USAGE/ LIMIT" } as const;
