/** Builds dist/podman: one executable with byte code for every module. */
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Builds `output` (a path) beside and renames it into place, so that a running podman is never half replaced. */
export async function build(output = join(root, "dist/podman")): Promise<void> {
  mkdirSync(join(output, ".."), { recursive: true });
  const temporary = `${output}.${process.pid}.new`;
  const result = await Bun.build({
    entrypoints: [join(root, "src/main.ts"), join(root, "src/formats/compression/gzip-worker.ts")],
    // What lies in the directory that a command is run in is not ours: not settings (a bunfig.toml could run any program), not variables.
    compile: { outfile: temporary, autoloadDotenv: false, autoloadBunfig: false, autoloadTsconfig: false, autoloadPackageJson: false },
    bytecode: true, minify: true, splitting: true, format: "esm", target: "bun",
    define: { GZIP_WORKER: '"/$bunfs/root/formats/compression/gzip-worker.js"', BUILD_TIME: String(buildTime()), BUILD_COMMIT: JSON.stringify(git("rev-parse", "HEAD") ?? "") },
  });
  if (!result.success) throw new AggregateError(result.logs, "the build failed");
  renameSync(temporary, output);
}

/** SOURCE_DATE_EPOCH, else the time of the last commit, else now: the same source gives the same binary. */
function buildTime(): number {
  return Number(process.env.SOURCE_DATE_EPOCH ?? git("log", "-1", "--format=%ct") ?? Math.trunc(Date.now() / 1000));
}

function git(...args: string[]): string | undefined {
  const result = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

if (import.meta.main) await build(process.argv[2] ?? join(root, "dist/podman"));
