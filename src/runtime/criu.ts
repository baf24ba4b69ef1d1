/** CRIU, which the OCI runtime checkpoints and restores with. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { findProgram } from "../config/programs.ts";

/** Podman's oldest: 3.11. */
const minVersion = 31_100;
/** A log of one dump has 100 kB. */
const maxLogBytes = 8 * 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** `40101` for 4.1.1. @throws failed-precondition/program-missing, failed-precondition for an old one */
export async function criuVersion(env: Environment): Promise<number> {
  const path = findProgram("criu", env);
  if (path === undefined) throw new EngineError("failed-precondition", 'failed to check for criu version: exec: "criu": executable file not found in $PATH', { reason: "program-missing", hint: 'install the package "criu"' });
  const child = Bun.spawn([path, "--version"], { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 4096 });
  const match = /Version: (\d+)\.(\d+)(?:\.(\d+))?/.exec(await new Response(child.stdout).text());
  if (match === null) throw new EngineError("failed-precondition", `failed to check for criu version: ${path} does not tell it`);
  const [, major, minor, sub = "0"] = match;
  const version = Number(major) * 10_000 + Number(minor) * 100 + Number(sub);
  if (version < minVersion) throw new EngineError("failed-precondition", `checkpoint/restore requires at least CRIU ${minVersion}, current version is ${version}`);
  return version;
}

/** True when memory that changed since a pre-checkpoint can be told from the rest. */
export async function tracksMemory(env: Environment): Promise<boolean> {
  const path = findProgram("criu", env);
  return path !== undefined && await Bun.spawn([path, "check", "--feature", "mem_dirty_track"], { stdio: ["ignore", "ignore", "ignore"] }).exited === 0;
}

/** The last errors in a log of CRIU, as a hint: the runtime only says that it failed. */
export function criuErrors(path: string): string | undefined {
  let text: string;
  try { text = readEnd(path); } catch { return undefined; }
  const lines = text.split("\n").filter((line) => /\bError \(/.test(line)).slice(-3).map((line) => line.replace(/^\(\d+\.\d+\)\s*/, "").trim());
  return lines.length === 0 ? undefined : `CRIU says in ${path}: ${lines.join("; ")}`;
}

function readEnd(path: string): string {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, maxLogBytes));
    return buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, size - buffer.length));
  } finally { closeSync(fd); }
}
