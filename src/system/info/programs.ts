/** Which programs the engine stands on: path, package and version. */
import { findProgram } from "../../config/programs.ts";
import { join } from "node:path";
import type { ProgramInfo } from "../../contract/types/info.ts";

const unknown = "Unknown";
/** `--version` output above this is cut. */
const maxVersionBytes = 4096;

/** First of the candidates that exists and runs: folders first, then PATH. */
export function locate(name: string, folders: readonly string[], env: Readonly<Record<string, string | undefined>>): string {
  return folders.map((folder) => findProgram(join(folder, name), env)).find((path) => path !== undefined) ?? findProgram(name, env) ?? "";
}

/** Everything about each path; programs are asked at the same time. */
export async function describePrograms(paths: readonly string[]): Promise<ReadonlyMap<string, ProgramInfo>> {
  const known = [...new Set(paths)].filter((path) => path !== "");
  const [packages, versions] = await Promise.all([packagesOf(known), Promise.all(known.map(versionOf))]);
  return new Map(known.map((path, index) => [path, { package: packages.get(path) ?? unknown, path, version: versions[index] ?? "" }]));
}

async function versionOf(path: string): Promise<string> {
  return (await run([path, "--version"])).trimEnd();
}

/** One question to the package manager for all of them: it is the slow part. */
async function packagesOf(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (findProgram("dpkg-query", { PATH: "/usr/bin:/bin" }) !== undefined) return debianPackages(paths);
  if (findProgram("rpm", { PATH: "/usr/bin:/bin" }) !== undefined) return rpmPackages(paths);
  return new Map();
}

async function debianPackages(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const owners = (await run(["dpkg-query", "-S", ...paths])).split("\n").map((line) => /^([^:, ]+)[^ ]*: (\/.+)$/.exec(line));
  const byPath = new Map(owners.map((match) => [match?.[2] ?? "", match?.[1] ?? ""]));
  const names = [...new Set(byPath.values())].filter((name) => name !== "");
  if (names.length === 0) return new Map();
  const versions = new Map((await run(["dpkg-query", "-W", "-f", "${Package} ${Package}_${Version}_${Architecture}\\n", ...names])).split("\n").map((line) => line.split(" ") as [string, string]));
  return new Map([...byPath].map(([path, name]) => [path, versions.get(name) ?? unknown]));
}

async function rpmPackages(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const lines = (await run(["rpm", "-qf", ...paths])).split("\n");
  return new Map(paths.map((path, index) => [path, lines[index]?.includes(" ") === true ? unknown : lines[index] ?? unknown]));
}

/** Standard output, bounded; empty when the program is missing or fails to start. */
async function run(argv: string[]): Promise<string> {
  try {
    const child = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "ignore", maxBuffer: maxVersionBytes * argv.length });
    return await new Response(child.stdout).text();
  } catch { return ""; }
}
