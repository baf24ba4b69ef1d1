/**
 * Measures our podman against another one, alternately in one run, and prints a table of medians and ratios.
 *   bun bench/run.ts [--ours dist/podman] [--peer PODMAN] [--image ARCHIVE] [--only TEXT] [--full] [--transfer] [--size MB] [--folder DIR]
 * Without --peer ours is measured alone, unless there is a /usr/bin/podman. Without --image one is made of the machine's static
 * busybox; an image needs `true` and `sleep`. See docs/PERFORMANCE.md for the method.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeLayout, makeMaterial, type Material } from "./material.ts";
import { rows, type Row } from "./rows.ts";
import { Side } from "./side.ts";
import { transferRows } from "./transfer-rows.ts";

/** One column per side, and Skopeo's where the row has one. */
interface Result { readonly row: Row; readonly medians: readonly number[]; readonly cpuMillis: readonly number[]; readonly peakBytes: readonly number[]; readonly failure?: string }

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    ours: { type: "string", default: "dist/podman" }, peer: { type: "string" },
    image: { type: "string" }, only: { type: "string", default: "" }, full: { type: "boolean", default: false },
    transfer: { type: "boolean", default: false }, size: { type: "string", default: "1000" }, layout: { type: "string" },
    folder: { type: "string", default: "/var/tmp/podman-bench" },
  },
});
if (values.layout !== undefined) {
  makeLayout(values.layout, Number(values.size));
  process.exit(0);
}
const peer = values.peer ?? (existsSync("/usr/bin/podman") ? "/usr/bin/podman" : undefined);
const archive = values.image ?? await makeImage(values.folder);
const sides = [new Side("ours", values.ours, `${values.folder}/ours`), ...(peer === undefined ? [] : [new Side("peer", peer, `${values.folder}/peer`)])];
for (const side of sides) await side.prepare(archive);
const material: Material | undefined = values.transfer ? await makeMaterial(values.folder, Number(values.size)) : undefined;
for (const side of sides) side.useMaterial(material);
process.stdout.write("| work | ours ms | peer ms | skopeo ms | ratio | target | cpu s | peak MiB | rounds |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
try {
  for (const row of material === undefined ? rows : transferRows(Number(values.size))) {
    if (!row.name.includes(values.only) || (row.slow === true && !values.full)) continue;
    process.stderr.write(`${row.name} …\n`);
    print(await measure(row));
  }
  for (const side of sides) await side.finish();
} finally { await material?.stop(); }

async function makeImage(folder: string): Promise<string> {
  const { busyboxImage, writeOciArchive } = await import("../test/harness/image.ts");
  const file = join(folder, "image.tar");
  await mkdir(folder, { recursive: true });
  writeOciArchive(busyboxImage(), file, "localhost/busybox:latest");
  return file;
}

async function measure(row: Row): Promise<Result> {
  try {
    const columns = await alternate(row);
    return { row, medians: columns.map(({ times }) => median(times)), cpuMillis: columns.map(({ cpu }) => median(cpu)), peakBytes: columns.map(({ peakBytes }) => peakBytes) };
  } catch (error) {
    return { row, medians: [], cpuMillis: [], peakBytes: [], failure: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const side of sides) await row.finish?.(side).catch(() => { /* what failed above fails here too */ });
  }
}

interface Column { readonly side: Side; readonly run: (side: Side) => Promise<void>; readonly times: number[]; readonly cpu: number[]; peakBytes: number }

/** A warm-up on either side, then ours, peer, peer, ours, …: neither side always goes first. */
async function alternate(row: Row): Promise<readonly Column[]> {
  const last = sides.at(-1);
  const columns = sides.map((side): Column => ({ side, run: row.run, times: [], cpu: [], peakBytes: 0 }));
  if (row.skopeo !== undefined && last !== undefined && last.name === "peer") columns.push({ side: last, run: row.skopeo, times: [], cpu: [], peakBytes: 0 });
  for (const side of sides) await row.prepare?.(side);
  for (const { side, run } of columns) { await run(side); await row.reset?.(side); }
  for (let round = 0; round < row.rounds; round++) {
    for (const column of round % 2 === 0 ? columns : columns.toReversed()) {
      column.side.peakBytes = 0;
      column.side.cpuMillis = 0;
      const start = performance.now();
      await column.run(column.side);
      column.times.push(performance.now() - start);
      column.cpu.push(column.side.cpuMillis);
      column.peakBytes = Math.max(column.peakBytes, column.side.peakBytes);
      await row.reset?.(column.side);
    }
  }
  return columns;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** At once: a run may take long, and what was measured is worth having even when the rest fails. */
function print({ row, medians: [ours, theirs, skopeo], cpuMillis, peakBytes, failure }: Result): void {
  if (ours === undefined) { process.stdout.write(`| ${row.name} | failed: ${failure ?? ""} | | | | ${row.target} | | | |\n`); return; }
  const [shown, ratio] = theirs === undefined ? ["", ""] : [theirs.toFixed(1), (ours / theirs).toFixed(2)];
  const cpu = cpuMillis.map((millis) => (millis / 1000).toFixed(2)).join(" / ");
  const peaks = peakBytes.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" / ");
  process.stdout.write(`| ${row.name} | ${ours.toFixed(1)} | ${shown} | ${skopeo?.toFixed(1) ?? ""} | ${ratio} | ${row.target} | ${cpu} | ${peaks} | ${row.rounds} |\n`);
}
