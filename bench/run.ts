/**
 * Measures our podman against another one, alternately in one run, and prints a table of medians and ratios.
 *   bun bench/run.ts [--ours dist/podman] [--peer PODMAN] [--image ARCHIVE] [--only TEXT] [--full] [--folder DIR]
 * Without --peer ours is measured alone, unless there is a /usr/bin/podman. Without --image one is made of the machine's static
 * busybox; an image needs `true` and `sleep`. See docs/PERFORMANCE.md for the method.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rows, type Row } from "./rows.ts";
import { Side } from "./side.ts";

interface Result { readonly row: Row; readonly medians: readonly number[]; readonly failure?: string }

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    ours: { type: "string", default: "dist/podman" }, peer: { type: "string" },
    image: { type: "string" }, only: { type: "string", default: "" }, full: { type: "boolean", default: false },
    folder: { type: "string", default: "/var/tmp/podman-bench" },
  },
});
const peer = values.peer ?? (existsSync("/usr/bin/podman") ? "/usr/bin/podman" : undefined);
const archive = values.image ?? await makeImage(values.folder);
const sides = [new Side("ours", values.ours, `${values.folder}/ours`), ...(peer === undefined ? [] : [new Side("peer", peer, `${values.folder}/peer`)])];
for (const side of sides) await side.prepare(archive);
const results: Result[] = [];
for (const row of rows) {
  if (!row.name.includes(values.only) || (row.slow === true && !values.full)) continue;
  process.stderr.write(`${row.name} …\n`);
  results.push(await measure(row));
}
for (const side of sides) await side.finish();
print(results);

async function makeImage(folder: string): Promise<string> {
  const { busyboxImage, writeOciArchive } = await import("../test/harness/image.ts");
  const file = join(folder, "image.tar");
  await mkdir(folder, { recursive: true });
  writeOciArchive(busyboxImage(), file, "localhost/busybox:latest");
  return file;
}

async function measure(row: Row): Promise<Result> {
  try {
    return { row, medians: (await alternate(row)).map(median) };
  } catch (error) {
    return { row, medians: [], failure: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const side of sides) await row.finish?.(side).catch(() => { /* what failed above fails here too */ });
  }
}

/** A warm-up on either side, then ours, peer, peer, ours, …: neither side always goes first. */
async function alternate(row: Row): Promise<readonly (readonly number[])[]> {
  const times = sides.map((): number[] => []);
  for (const side of sides) await row.prepare?.(side);
  for (const side of sides) await row.run(side);
  for (let round = 0; round < row.rounds; round++) {
    for (const [index, side] of round % 2 === 0 ? sides.entries() : [...sides.entries()].toReversed()) {
      const start = performance.now();
      await row.run(side);
      times[index]?.push(performance.now() - start);
    }
  }
  return times;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(all: readonly Result[]): void {
  const lines = all.map(({ row, medians: [ours, theirs], failure }) => {
    if (ours === undefined) return `| ${row.name} | failed: ${failure ?? ""} | | | ${row.target} | |`;
    const [shown, ratio] = theirs === undefined ? ["", ""] : [theirs.toFixed(1), (ours / theirs).toFixed(2)];
    return `| ${row.name} | ${ours.toFixed(1)} | ${shown} | ${ratio} | ${row.target} | ${row.rounds} |`;
  });
  process.stdout.write(["| work | ours ms | peer ms | ratio | target | rounds |", "|---|--:|--:|--:|--:|--:|", ...lines, ""].join("\n"));
}
