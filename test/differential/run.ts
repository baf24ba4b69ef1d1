/**
 * Tells our podman and a real one the same, and shows where their answers differ.
 *   bun test/differential/run.ts --peer PODMAN [--ours dist/podman] [--image ARCHIVE] [--only PATTERN] [--folder DIR] [--report FILE] [--all]
 *     [--part 1/4]
 * The status is 1 when a difference is neither in accepted.ts nor gone. `--all` shows those too. Where no TypeScript runs, it is
 * compiled: bun build --compile test/differential/run.ts.
 */
import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { accepted } from "./accepted.ts";
import { cases } from "./cases/index.ts";
import { compareAnswers, reasonFor } from "./compare.ts";
import { Side } from "./side.ts";
import type { Case, Difference } from "./types.ts";

interface Outcome { readonly name: string; readonly open: readonly Difference[]; readonly kept: readonly Difference[]; readonly failure?: string }

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    ours: { type: "string", default: "dist/podman" }, peer: { type: "string", default: "/usr/bin/podman" }, image: { type: "string", default: "" }, only: { type: "string", default: "" },
    folder: { type: "string", default: "/var/tmp/podman-differential" }, report: { type: "string" }, all: { type: "boolean", default: false }, part: { type: "string", default: "1/1" },
  },
});

const sides = [new Side("ours", values.ours, `${values.folder}/ours`), new Side("peer", values.peer, `${values.folder}/peer`)] as const;
const archive = values.image === "" ? await makeImage() : values.image;
for (const side of sides) await side.prepare(archive);
const outcomes: Outcome[] = [];
const [part = 1, parts = 1] = values.part.split("/").map(Number);
for (const [index, one] of cases.entries()) {
  if (!new RegExp(values.only).test(one.name) || index % parts !== part - 1) continue;
  const outcome = await runCase(one);
  outcomes.push(outcome);
  if (values.report !== undefined) await appendFile(values.report, `${JSON.stringify(outcome)}\n`);
  if (isOpen(outcome)) process.stderr.write(`${one.name}: ${outcome.failure ?? `${outcome.open.length} differences`}\n`);
}
for (const side of sides) await side.finish();
const count = (matches: (outcome: Outcome) => boolean): number => outcomes.filter(matches).length;
process.stdout.write(table(outcomes.flatMap(({ open, kept }) => (values.all ? [...open, ...kept] : open))));
process.stdout.write(`${outcomes.length} cases: ${count((one) => !isOpen(one) && one.kept.length === 0)} equal, ${count((one) => !isOpen(one) && one.kept.length > 0)} justified, ${count(isOpen)} open\n`);
process.exit(count(isOpen) === 0 ? 0 : 1);

function isOpen({ open, failure }: Outcome): boolean { return open.length > 0 || failure !== undefined; }

async function makeImage(): Promise<string> {
  const { busyboxImage, writeOciArchive } = await import("../harness/image.ts");
  writeOciArchive(busyboxImage(), `${values.folder}.tar`, "localhost/busybox:latest");
  return `${values.folder}.tar`;
}

async function runCase(one: Case): Promise<Outcome> {
  try {
    const differences = await stepThrough(one);
    return { name: one.name, open: differences.filter((difference) => reasonFor(difference, accepted) === undefined), kept: differences.filter((difference) => reasonFor(difference, accepted) !== undefined) };
  } catch (error) {
    return { name: one.name, open: [], kept: [], failure: error instanceof Error ? error.message : String(error) };
  } finally { await Promise.all(sides.map(async (side) => side.clear(one.steps))); }
}

async function stepThrough({ name, steps, alone }: Case): Promise<Difference[]> {
  const found: Difference[] = [];
  const both = alone === true ? undefined : steps.map(() => undefined);
  if (both === undefined) {
    // One side after the other: what is of the machine exists once.
    const [ours, theirs] = [await answersOf(sides[0], steps), await answersOf(sides[1], steps)];
    for (const [index, step] of steps.entries()) found.push(...judge(name, index, step, ours[index], theirs[index]));
    return found;
  }
  for (const [index, step] of steps.entries()) {
    const [ours, theirs] = await Promise.all([sides[0].step(step), sides[1].step(step)]);
    found.push(...judge(name, index, step, ours, theirs));
  }
  return found;
}

async function answersOf(side: Side, steps: Case["steps"]): Promise<Awaited<ReturnType<Side["step"]>>[]> {
  const answers: Awaited<ReturnType<Side["step"]>>[] = [];
  for (const step of steps) answers.push(await side.step(step));
  await side.clear(steps);
  return answers;
}

function judge(name: string, index: number, step: Case["steps"][number], ours: Awaited<ReturnType<Side["step"]>> | undefined, theirs: Awaited<ReturnType<Side["step"]>> | undefined): readonly Difference[] {
  if (ours === undefined || theirs === undefined || step.clean === true) return [];
  if (step.ground !== true) return compareAnswers(name, index + 1, step, [ours, theirs], [sides[0], sides[1]]);
  for (const [side, { status, stderr }] of [[sides[0], ours], [sides[1], theirs]] as const) if (status !== 0) throw new Error(`${side.name}: step ${index + 1}, ${step.args.join(" ")}: status ${status}: ${stderr.trim()}`);
  return [];
}

/** Each difference once, with the cases that have it; the most frequent first. */
function table(differences: readonly Difference[]): string {
  const groups = Map.groupBy(differences, ({ part, ours, theirs }) => JSON.stringify([part.replace(/^\d+ /, ""), ours, theirs]));
  return [...groups.values()].toSorted((a, b) => b.length - a.length).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = [...new Set(group.map((difference) => difference.case))];
    return [`${first.part.replace(/^\d+ /, "")}   [${names.length}: ${names.slice(0, 3).map((name) => shorten(name)).join(" | ")}${names.length > 3 ? " | …" : ""}]`, `    ours:   ${shorten(first.ours)}`, `    theirs: ${shorten(first.theirs)}`];
  }).join("\n").concat("\n");
}

function shorten(text: string): string {
  const limit = 600;
  return (text.length > limit ? `${text.slice(0, limit)}…` : text).trimEnd().replaceAll("\n", "\n            ");
}
