/** The columns of `podman top` by name and by ps(1)'s letter (podman-top(1)). */
import { readFileSync } from "node:fs";
import { capabilityNames } from "../runtime/spec/capability-names.ts";
import { innerPid, type ProcessFacts } from "./processes.ts";

export interface TopFacts {
  readonly processes: readonly ProcessFacts[];
  /** Names by number, of the container and of the host. */
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
  readonly hostUsers: ReadonlyMap<number, string>;
  readonly hostGroups: ReadonlyMap<number, string>;
  readonly toInnerUid: (id: number) => number;
  readonly toInnerGid: (id: number) => number;
  /** Ids as the machine has them: a user's engine sees its namespace's. */
  readonly toHostUid: (id: number) => number;
  readonly toHostGid: (id: number) => number;
  readonly uptimeSeconds: number;
}
interface Column { readonly header: string; readonly value: (process: ProcessFacts, facts: TopFacts) => string }

/** USER_HZ: 100 on every architecture that Linux gives to user space. */
const ticksPerSecond = 100;
/** Fields of /proc/<pid>/stat, counted from `state`. */
const field = { state: 0, ppid: 1, pgrp: 2, tty: 4, utime: 11, stime: 12, nice: 16, start: 19, vsize: 20, rss: 21 } as const;

const number = (process: ProcessFacts, index: number): number => Number(process.stat[index] ?? 0);
/** Which of real, effective, saved and file system id. */
const idOf = (process: ProcessFacts, key: "Uid" | "Gid", which: number): number => Number(process.status[key]?.split(/\s+/)[which] ?? 0);
const named = (names: ReadonlyMap<number, string>, id: number): string => names.get(id) ?? String(id);
const user = (which: number) => (process: ProcessFacts, facts: TopFacts): string => named(facts.users, facts.toInnerUid(idOf(process, "Uid", which)));
const group = (which: number) => (process: ProcessFacts, facts: TopFacts): string => named(facts.groups, facts.toInnerGid(idOf(process, "Gid", which)));
const groupIds = (process: ProcessFacts): readonly number[] => (process.status["Groups"] ?? "").split(/\s+/).filter((text) => text !== "").map(Number);
const cpuSeconds = (process: ProcessFacts): number => (number(process, field.utime) + number(process, field.stime)) / ticksPerSecond;
const elapsed = (process: ProcessFacts, { uptimeSeconds }: TopFacts): number => Math.max(0, uptimeSeconds - number(process, field.start) / ticksPerSecond);

export const topColumns: Readonly<Record<string, Column>> = {
  args: { header: "COMMAND", value: ({ args }) => args },
  comm: { header: "COMMAND", value: ({ comm }) => comm },
  capamb: { header: "AMBIENT CAPS", value: capabilities("CapAmb") },
  capbnd: { header: "BOUNDING CAPS", value: capabilities("CapBnd") },
  capeff: { header: "EFFECTIVE CAPS", value: capabilities("CapEff") },
  capinh: { header: "INHERITED CAPS", value: capabilities("CapInh") },
  capprm: { header: "PERMITTED CAPS", value: capabilities("CapPrm") },
  etime: { header: "ELAPSED", value: (process, facts) => goDuration(elapsed(process, facts)) },
  group: { header: "GROUP", value: group(1) },
  groups: { header: "GROUPS", value: (process, facts) => groupIds(process).map((id) => named(facts.groups, facts.toInnerGid(id))).join(",") },
  hgroup: { header: "HGROUP", value: (process, { hostGroups, toHostGid }) => named(hostGroups, toHostGid(idOf(process, "Gid", 1))) },
  hgroups: { header: "HGROUPS", value: (process, { hostGroups }) => groupIds(process).map((id) => named(hostGroups, id)).join(",") },
  hpid: { header: "HPID", value: ({ hostPid }) => String(hostPid) },
  huid: { header: "HUID", value: (process) => String(idOf(process, "Uid", 1)) },
  huser: { header: "HUSER", value: (process, { hostUsers, toHostUid }) => named(hostUsers, toHostUid(idOf(process, "Uid", 1))) },
  label: { header: "LABEL", value: ({ label }) => label },
  nice: { header: "NI", value: (process) => String(number(process, field.nice)) },
  pcpu: { header: "%CPU", value: (process, facts) => (elapsed(process, facts) === 0 ? 0 : 100 * cpuSeconds(process) / elapsed(process, facts)).toFixed(3) },
  pgid: { header: "PGID", value: (process) => process.status["NSpgid"]?.split(/\s+/).at(-1) ?? String(number(process, field.pgrp)) },
  pid: { header: "PID", value: (process) => String(innerPid(process)) },
  ppid: { header: "PPID", value: (process, { processes }) => { const parent = processes.find(({ hostPid }) => hostPid === number(process, field.ppid)); return parent === undefined ? "0" : String(innerPid(parent)); } },
  rgroup: { header: "RGROUP", value: group(0) },
  rss: { header: "RSS", value: (process) => String(number(process, field.rss) * 4) },
  ruser: { header: "RUSER", value: user(0) },
  seccomp: { header: "SECCOMP", value: ({ status }) => ["disabled", "strict", "filter"][Number(status["Seccomp"] ?? -1)] ?? "?" },
  state: { header: "STATE", value: (process) => process.stat[field.state] ?? "?" },
  stime: { header: "STIME", value: (process, facts) => new Date(Date.now() - elapsed(process, facts) * 1000).toString().slice(0, 24) },
  time: { header: "TIME", value: (process) => goDuration(cpuSeconds(process)) },
  tty: { header: "TTY", value: (process) => terminalName(number(process, field.tty)) },
  uid: { header: "UID", value: (process, { toInnerUid }) => String(toInnerUid(idOf(process, "Uid", 1))) },
  user: { header: "USER", value: user(1) },
  vsz: { header: "VSZ", value: (process) => String(Math.floor(number(process, field.vsize) / 1024)) },
};

/** ps(1)'s codes for AIX format. */
export const topCodes: Readonly<Record<string, string>> = {
  "%C": "pcpu", "%G": "group", "%P": "ppid", "%U": "user", "%a": "args", "%c": "comm", "%g": "rgroup", "%n": "nice", "%p": "pid", "%r": "pgid", "%t": "etime", "%u": "ruser", "%x": "time", "%y": "tty", "%z": "vsz",
};
export const defaultColumns: readonly string[] = ["user", "pid", "ppid", "pcpu", "etime", "tty", "time", "args"];

/** `full`, `none`, or the names without CAP_, sorted. */
function capabilities(key: string): (process: ProcessFacts) => string {
  return ({ status }) => {
    const mask = BigInt(`0x${status[key] ?? "0"}`);
    const held = capabilityNames.filter((_, bit) => (mask & (1n << BigInt(bit))) !== 0n);
    if (held.length === 0) return "none";
    return isFull(mask) ? "full" : held.map((name) => name.replace(/^CAP_/, "")).toSorted().join(",");
  };
}
function isFull(mask: bigint): boolean {
  const last = Number(readFileSync("/proc/sys/kernel/cap_last_cap", "utf8"));
  return mask === (1n << BigInt(last + 1)) - 1n;
}

/** Go's way of writing a duration: `1h2m3.5s`. */
export function goDuration(seconds: number): string {
  if (seconds === 0) return "0s";
  if (seconds < 1) return `${Number((seconds * 1000).toFixed(6))}ms`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = Number((seconds - hours * 3600 - minutes * 60).toFixed(9));
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${rest}s`;
}

/** Major 136 to 143 are pseudo terminals. */
function terminalName(device: number): string {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (device === 0) return "?";
  return major >= 136 && major <= 143 ? `pts/${(major - 136) * 256 + minor}` : major === 4 ? `tty${minor}` : "?";
}
