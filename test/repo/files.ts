/** The files of the repository: what git tracks or would track. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = dirname(dirname(import.meta.dir));

/** Paths relative to the root. */
export function listFiles(pattern: RegExp = /./): string[] {
  const result = Bun.spawnSync(["git", "ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, stdout: "pipe", stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`git ls-files: ${result.stderr.toString()}`);
  return result.stdout.toString().split("\n").filter((path) => path !== "" && pattern.test(path) && isFile(path));
}

function isFile(path: string): boolean { return existsSync(join(root, path)) && statSync(join(root, path)).isFile(); }

export function readLines(path: string): string[] { return read(path).replace(/\n$/, "").split("\n"); }
export function read(path: string): string { return readFileSync(join(root, path), "utf8"); }
export function isTest(path: string): boolean { return path.endsWith(".test.ts") || /(?:^|\/)(?:test|testing)\//.test(path); }
/** Data only: the size limits are about code to read. */
export function isTable(path: string): boolean { return read(path).startsWith("// @table"); }
