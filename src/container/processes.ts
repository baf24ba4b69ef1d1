/** Processes of a container, read from the host's /proc: no program is started and nothing runs inside of the container. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ProcessFacts {
  readonly hostPid: number;
  /** Fields of /proc/<pid>/stat from the third on: state, ppid, pgrp, session, tty_nr, … */
  readonly stat: readonly string[];
  /** `Name: value` lines of /proc/<pid>/status. */
  readonly status: Readonly<Record<string, string>>;
  readonly args: string;
  readonly comm: string;
  readonly label: string;
}

/** Those whose pid namespace is that of `pid`, in the order of their pids inside. What ends meanwhile is left out. */
export function processesOf(pid: number): readonly ProcessFacts[] {
  const namespace = namespaceOf(pid);
  if (namespace === undefined) return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((one) => namespaceOf(one) === namespace)
    .flatMap((one) => { const facts = readProcess(one); return facts === undefined ? [] : [facts]; })
    .toSorted((a, b) => innerPid(a) - innerPid(b));
}

function namespaceOf(pid: number): string | undefined {
  try { return readlinkSync(`/proc/${pid}/ns/pid`); } catch { return undefined; }
}

/** The pid as the innermost namespace sees it. */
export function innerPid({ status, hostPid }: ProcessFacts): number {
  return Number(status["NSpid"]?.trim().split(/\s+/).at(-1) ?? hostPid);
}

function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, "utf8");
    const stat = read("stat");
    const status = Object.fromEntries(read("status").split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
    const comm = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const args = read("cmdline").replace(/\0+$/, "").replaceAll("\0", " ");
    return { hostPid: pid, stat: stat.slice(stat.lastIndexOf(")") + 2).split(" "), status, comm, args: args === "" ? `[${comm}]` : args, label: labelOf(pid) };
  } catch { return undefined; }
}

function labelOf(pid: number): string {
  try { return readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/[\0\n]+$/, ""); } catch { return "?"; }
}
