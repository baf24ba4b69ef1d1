/**
 * Measures our podman against another one, alternately in one run, and prints a table of medians and ratios.
 *   bun bench/run.ts --ours dist/podman --peer /usr/bin/podman --image archive.tar [--only TEXT] [--full] [--folder DIR]
 * The image archive is any small image with `true`, `sleep` and `sh`. See docs/PERFORMANCE.md for the method.
 */
import { parseArgs } from "node:util";
import { rows, type Row } from "./rows.ts";
import { Side } from "./side.ts";

interface Result { readonly row: Row; readonly oursMs: number; readonly peerMs: number; readonly failure?: string }

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    ours: { type: "string", default: "dist/podman" }, peer: { type: "string", default: "/usr/bin/podman" },
    image: { type: "string" }, only: { type: "string", default: "" }, full: { type: "boolean", default: false },
    folder: { type: "string", default: "/var/tmp/podman-bench" },
  },
});
if (values.image === undefined) throw new Error("bench: --image ARCHIVE is needed");

const ours = new Side("ours", values.ours, `${values.folder}/ours`);
const peer = new Side("peer", values.peer, `${values.folder}/peer`);
await ours.prepare(values.image);
await peer.prepare(values.image);
const results: Result[] = [];
for (const row of rows) {
  if (!row.name.includes(values.only) || (row.slow === true && !values.full)) continue;
  results.push(await measure(row));
}
await ours.finish();
await peer.finish();
print(results);

async function measure(row: Row): Promise<Result> {
  try {
    const times = await alternate(row);
    return { row, oursMs: median(times.ours), peerMs: median(times.peer) };
  } catch (error) {
    return { row, oursMs: Number.NaN, peerMs: Number.NaN, failure: String(error) };
  }
}

/** A warm-up on either side, then ours, peer, peer, ours, …: neither side always goes first. */
async function alternate(row: Row): Promise<{ readonly ours: number[]; readonly peer: number[] }> {
  const times = { ours: [] as number[], peer: [] as number[] };
  for (const side of [ours, peer]) await row.prepare?.(side);
  for (const side of [ours, peer]) await row.run(side);
  for (let round = 0; round < row.rounds; round++) {
    const order = round % 2 === 0 ? ["ours", "peer"] as const : ["peer", "ours"] as const;
    for (const name of order) {
      const start = performance.now();
      await row.run(name === "ours" ? ours : peer);
      times[name].push(performance.now() - start);
    }
  }
  for (const side of [ours, peer]) await row.finish?.(side);
  return times;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(all: readonly Result[]): void {
  const lines = all.map(({ row, oursMs, peerMs, failure }) => failure === undefined
    ? `| ${row.name} | ${oursMs.toFixed(1)} | ${peerMs.toFixed(1)} | ${(oursMs / peerMs).toFixed(2)} | ${row.target} | ${row.rounds} |`
    : `| ${row.name} | failed: ${failure} | | | ${row.target} | |`);
  process.stdout.write(["| work | ours ms | peer ms | ratio | target | rounds |", "|---|--:|--:|--:|--:|--:|", ...lines, ""].join("\n"));
}
