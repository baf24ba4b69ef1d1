/**
 * The whole suite: types, lint, build, unit, repo and end-to-end tests. The last line is `N passed, N failed` (and
 * `, N skipped`); the status is 1 when anything failed.
 *
 *     bun run tools/test.ts                    everything
 *     bun run tools/test.ts unit repo          some stages
 *     bun run tools/test.ts test/e2e/run.test.ts src/net     some files or folders
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isolated } from "../test/harness/isolate.ts";
import { parseJunit, type TestCase } from "./junit.ts";

const root = dirname(import.meta.dir);
const bin = (name: string): string => join(root, "node_modules/.bin", name);
/** A file that takes longer hangs: no end-to-end file may need more. */
const fileLimitMillis = (process.env["PTEST_SOAK"] === "1" ? 60 : 10) * 60_000;

interface Stage { readonly name: string; readonly run: (scratch: string) => Promise<TestCase[]> }
const stages: readonly Stage[] = [
  { name: "types", run: () => command("types", [bin("tsc"), "--noEmit"]) },
  { name: "lint", run: () => command("lint", [bin("oxlint"), "--type-aware", "--deny-warnings", ...["src", "test", "tools", "bench"].filter(exists)]) },
  { name: "build", run: () => command("build", [process.execPath, "run", "tools/build.ts"]) },
  { name: "unit", run: (scratch) => tests(["src", "test/harness", "tools"].filter(exists), scratch) },
  { name: "repo", run: (scratch) => tests(["test/repo"].filter(exists), scratch) },
  { name: "e2e", run: (scratch) => eachFile("test/e2e", scratch) },
  { name: "interop", run: (scratch) => eachFile("test/interop", scratch) },
  { name: "crash", run: (scratch) => eachFile("test/crash", scratch) },
  { name: "security", run: (scratch) => eachFile("test/security", scratch) },
  { name: "clients", run: (scratch) => eachFile("test/clients", scratch) },
  { name: "differential", run: (scratch) => eachFile("test/differential", scratch) },
];

function exists(path: string): boolean { return existsSync(join(root, path)); }

/** A step without cases of its own counts as one. */
async function command(name: string, argv: readonly string[]): Promise<TestCase[]> {
  const child = Bun.spawn([...argv], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const status = await child.exited;
  return [{ name, file: "", outcome: status === 0 ? "passed" : "failed", message: status === 0 ? "" : `${argv.join(" ")}: status ${status}` }];
}

/** One file at a time, each isolated: a crash of one loses no other, and what it leaves behind is its own. */
async function eachFile(folder: string, scratch: string): Promise<TestCase[]> {
  if (!exists(folder)) return [];
  const files = [...new Bun.Glob("**/*.test.ts").scanSync({ cwd: join(root, folder) })].sort();
  const cases: TestCase[] = [];
  for (const file of files) cases.push(...await tests([join(folder, file)], scratch));
  return cases;
}

async function tests(paths: readonly string[], scratch: string): Promise<TestCase[]> {
  if (paths.length === 0) return [];
  const report = join(scratch, `${paths.join("-").replaceAll(/[^\w.-]/g, "_")}.xml`);
  const argv = [process.execPath, "test", "--timeout", "60000", "--reporter=junit", `--reporter-outfile=${report}`, ...paths.map((path) => `./${path}`)];
  const alone = paths.every((path) => !path.startsWith("src") && !path.startsWith("tools") && !path.startsWith("test/repo"));
  const child = Bun.spawn([...(alone ? isolated(argv) : argv)], { cwd: root, stdio: ["ignore", "inherit", "inherit"], timeout: fileLimitMillis, killSignal: "SIGKILL" });
  const status = await child.exited;
  return collect(paths, report, status);
}

/** A runner that dies without a report, or fails while all its cases passed (a leak found at the end), is a failure too. */
function collect(paths: readonly string[], report: string, status: number | null): TestCase[] {
  const broken: TestCase = { name: paths.join(" "), file: paths.join(" "), outcome: "failed", message: `the test runner ended with status ${status}` };
  let cases: TestCase[];
  try { cases = parseJunit(readFileSync(report, "utf8")); } catch { return [broken]; }
  return status === 0 || cases.some((one) => one.outcome === "failed") ? cases : [...cases, broken];
}

/** Arguments that name no stage are files or folders of tests. */
function plan(args: readonly string[]): readonly Stage[] {
  const named = stages.filter((stage) => args.includes(stage.name));
  const paths = args.filter((arg) => !stages.some((stage) => stage.name === arg));
  const chosen = paths.map((path): Stage => ({ name: path, run: (scratch) => tests([path.replace(/^\.\//, "")], scratch) }));
  return args.length === 0 ? stages : [...named, ...chosen];
}

async function main(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "podman-ts-test-"));
  mkdirSync(join(root, "dist"), { recursive: true });
  const cases: TestCase[] = [];
  try {
    for (const stage of plan(process.argv.slice(2))) {
      const started = performance.now();
      process.stdout.write(`== ${stage.name}\n`);
      const found = await stage.run(scratch);
      cases.push(...found);
      process.stdout.write(`== ${stage.name}: ${tally(found)} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
    }
  } finally { rmSync(scratch, { recursive: true, force: true }); }
  return summarise(cases);
}

function tally(cases: readonly TestCase[]): string {
  const count = (outcome: TestCase["outcome"]): number => cases.filter((one) => one.outcome === outcome).length;
  return `${count("passed")} passed, ${count("failed")} failed${count("skipped") === 0 ? "" : `, ${count("skipped")} skipped`}`;
}

function summarise(cases: readonly TestCase[]): number {
  const of = (outcome: TestCase["outcome"]): TestCase[] => cases.filter((one) => one.outcome === outcome);
  process.stdout.write("\n");
  for (const one of of("skipped")) process.stdout.write(`skipped: ${one.file} ${one.name}\n`);
  for (const one of of("failed")) process.stdout.write(`FAILED: ${one.file} ${one.name} ${one.message}\n`);
  process.stdout.write(`${tally(cases)}\n`);
  return of("failed").length === 0 ? 0 : 1;
}

process.exit(await main());
