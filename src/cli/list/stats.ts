/** `podman stats`. */
import type { ContainerStats } from "../../contract/types/container-stats.ts";
import { goDuration } from "../../formats/go/duration.ts";
import { binarySize, humanSize } from "../../formats/go/human.ts";
import { latestContainer } from "../latest.ts";
import type { CommandContext } from "../kit/types.ts";
import { renderList, type Column } from "../render.ts";

export interface StatsFlags {
  readonly all: boolean; readonly format: string | undefined; readonly interval: number; readonly latest: boolean; readonly noReset: boolean; readonly noStream: boolean; readonly noTrunc: boolean;
}

export async function showStats(context: CommandContext, args: readonly string[], flags: StatsFlags): Promise<void> {
  const engine = await context.engine();
  const containers = flags.latest ? [await latestContainer(engine)] : args.map((name) => name.replace(/^\//, ""));
  for await (const { Stats } of engine.container.stats({ containers, all: flags.all, stream: !flags.noStream, interval: flags.interval }, { signal: context.signal })) {
    if (!flags.noReset && context.out.isTerminal) await context.out.write("\u001b[2J\u001b[1;1H");
    const rows = Stats.map((stats) => new StatsRow(stats, flags.noTrunc));
    await renderList(context, rows, { name: "stats", format: flags.format, columns, headers, json: () => rows.map(toJson), jsonIndent: 1 });
  }
}

const percent = (value: number): string => `${value.toFixed(2)}%`;
const sizes = (left: number, right: number): string => `${humanSize(left)} / ${humanSize(right)}`;

/** Fields for `--format`; some of Podman's names say the same. */
class StatsRow {
  readonly ContainerStats: ContainerStats;
  readonly #noTrunc: boolean;
  constructor(stats: ContainerStats, noTrunc: boolean) { this.ContainerStats = stats; this.#noTrunc = noTrunc; }
  get ID(): string { return this.#noTrunc ? this.ContainerID : this.ContainerID.slice(0, 12); }
  get ContainerID(): string { return this.ContainerStats.ContainerID; }
  get Name(): string { return this.ContainerStats.Name; }
  get CPU(): number { return this.ContainerStats.CPU; }
  get CPUPerc(): string { return percent(this.ContainerStats.CPU); }
  get AvgCPU(): number { return this.ContainerStats.AvgCPU; }
  get AVGCPU(): string { return percent(this.ContainerStats.AvgCPU); }
  get CPUNano(): number { return this.ContainerStats.CPUNano; }
  get CPUSystemNano(): number { return this.ContainerStats.CPUSystemNano; }
  get SystemNano(): number { return this.ContainerStats.SystemNano; }
  get Duration(): number { return this.ContainerStats.Duration; }
  get UpTime(): string { return goDuration(this.ContainerStats.UpTime); }
  get Up(): string { return this.UpTime; }
  get MemUsage(): string { return sizes(this.ContainerStats.MemUsage, this.ContainerStats.MemLimit); }
  get MemUsageBytes(): string { return `${binarySize(this.ContainerStats.MemUsage)} / ${binarySize(this.ContainerStats.MemLimit)}`; }
  get MemLimit(): number { return this.ContainerStats.MemLimit; }
  get MemPerc(): string { return percent(this.ContainerStats.MemPerc); }
  get Network(): NonNullable<ContainerStats["Network"]> { return this.ContainerStats.Network ?? {}; }
  get NetIO(): string {
    const all = Object.values(this.ContainerStats.Network ?? {});
    return sizes(all.reduce((sum, { RxBytes }) => sum + RxBytes, 0), all.reduce((sum, { TxBytes }) => sum + TxBytes, 0));
  }
  get BlockInput(): number { return this.ContainerStats.BlockInput; }
  get BlockOutput(): number { return this.ContainerStats.BlockOutput; }
  get BlockIO(): string { return sizes(this.ContainerStats.BlockInput, this.ContainerStats.BlockOutput); }
  get PIDs(): number { return this.ContainerStats.PIDs; }
  get PIDS(): string { return String(this.ContainerStats.PIDs); }
}

const columns: readonly Column<StatsRow>[] = [
  { header: "ID", cell: (row) => row.ID }, { header: "NAME", cell: (row) => row.Name }, { header: "CPU %", cell: (row) => row.CPUPerc },
  { header: "MEM USAGE / LIMIT", cell: (row) => row.MemUsage }, { header: "MEM %", cell: (row) => row.MemPerc }, { header: "NET IO", cell: (row) => row.NetIO },
  { header: "BLOCK IO", cell: (row) => row.BlockIO }, { header: "PIDS", cell: (row) => row.PIDS }, { header: "CPU TIME", cell: (row) => row.UpTime }, { header: "AVG CPU %", cell: (row) => row.AVGCPU },
];
const headers = {
  ID: "ID", UpTime: "CPU TIME", CPUPerc: "CPU %", AVGCPU: "AVG CPU %", MemUsage: "MEM USAGE / LIMIT", MemUsageBytes: "MEM USAGE / LIMIT", MemPerc: "MEM %", NetIO: "NET IO", BlockIO: "BLOCK IO", PIDS: "PIDS",
} as const;

const toJson = (row: StatsRow): object => ({
  id: row.ID, name: row.Name, cpu_time: row.Up, cpu_percent: row.CPUPerc, avg_cpu: row.AVGCPU, mem_usage: row.MemUsage, mem_percent: row.MemPerc, net_io: row.NetIO, block_io: row.BlockIO, pids: row.PIDS,
});
