/** Options of -v, --mount and --tmpfs: what may be combined, and what is added. Order and messages are Podman's. */
import { EngineError, isErrno } from "../../base/errors.ts";
import { statFilesystem } from "../../sys/index.ts";

const exclusive: Readonly<Record<string, string>> = {
  copy: "only one of 'nocopy' and 'copy' can be used", nocopy: "only one of 'nocopy' and 'copy' can be used",
  exec: "only one of 'noexec' and 'exec' can be used", noexec: "only one of 'noexec' and 'exec' can be used",
  suid: "only one of 'nosuid' and 'suid' can be used", nosuid: "only one of 'nosuid' and 'suid' can be used",
  dev: "only one of 'nodev' and 'dev' can be used", nodev: "only one of 'nodev' and 'dev' can be used",
  rw: "only one of 'rw' and 'ro' can be used", ro: "only one of 'rw' and 'ro' can be used",
  private: "only one root propagation mode can be used", rprivate: "only one root propagation mode can be used",
  slave: "only one root propagation mode can be used", rslave: "only one root propagation mode can be used",
  shared: "only one root propagation mode can be used", rshared: "only one root propagation mode can be used",
  unbindable: "only one root propagation mode can be used", runbindable: "only one root propagation mode can be used",
  size: "only one tmpfs size can be specified", mode: "only one tmpfs mode can be specified",
  tmpcopyup: "the 'tmpcopyup' or 'notmpcopyup' option can only be set once", notmpcopyup: "the 'tmpcopyup' or 'notmpcopyup' option can only be set once",
  noswap: "the 'tmpswap' option can only be set once", "no-dereference": "the 'no-dereference' option can only be set once",
  bind: "only one of 'rbind' and 'bind' can be used", rbind: "only one of 'rbind' and 'bind' can be used",
  z: "only one of 'z' and 'Z' can be used", Z: "only one of 'z' and 'Z' can be used", U: "the 'U' option can only be set once",
  idmap: "the 'idmap' option can only be set once",
};
const tmpfsOnly = new Set(["size", "mode", "tmpcopyup", "notmpcopyup", "noswap", "noatime"]);
const propagation = new Set(["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"]);
/** Options that stand for themselves and may be repeated. */
const free = new Set(["O", "volume-opt", "consistency", "noatime"]);

/** What the kernel's mount flags of the source ask a bind mount of it to keep. */
const sourceFlags: readonly (readonly [flag: number, off: string, on: string])[] = [[8, "noexec", "exec"], [2, "nosuid", "suid"], [4, "nodev", "dev"]];

/**
 * Checks the options and adds the defaults: propagation, the source file system's noexec/nosuid/nodev, tmpcopyup, rbind.
 * `source` is the host path of a bind mount; undefined stands for a fresh file system (nosuid, nodev).
 * @throws EngineError invalid-argument; not-found: "statfs /x: no such file or directory"
 */
export function completeOptions(options: readonly string[], isTmpfs: boolean, source: string | undefined): string[] {
  const seen = new Set<string>();
  const result: string[] = [];
  let overlay = false;
  for (const option of options) {
    const key = option.split("=")[0] ?? "";
    if ((overlay && /upperdir|workdir/.test(option)) || key.startsWith("subpath")) { result.push(option); continue; }
    check(key, option, isTmpfs, seen);
    if (key === "O") overlay = true;
    if (key === "consistency" || key === "notmpcopyup") continue;
    result.push(option);
  }
  const has = (...names: string[]): boolean => names.some((name) => seen.has(name));
  if (!has(...propagation)) result.push(has("bind") ? "private" : "rprivate");
  const flags = source === undefined ? 2 | 4 : flagsOf(source);
  for (const [flag, off, on] of sourceFlags) if ((flags & flag) !== 0 && !has(off, on)) result.push(off);
  if (isTmpfs && !has("tmpcopyup", "notmpcopyup")) result.push("tmpcopyup");
  if (!isTmpfs && !has("bind", "rbind")) result.push("rbind");
  return result;
}

function check(key: string, option: string, isTmpfs: boolean, seen: Set<string>): void {
  const sentence = exclusive[key];
  if (sentence === undefined && !free.has(key)) throw new EngineError("invalid-argument", `unknown mount option "${option}": invalid mount option`);
  if (tmpfsOnly.has(key) && !isTmpfs) throw new EngineError("invalid-argument", `the '${key}' option is only allowed with tmpfs mounts: invalid mount option`);
  if (isTmpfs && (key === "bind" || key === "rbind")) throw new EngineError("invalid-argument", "the 'bind' and 'rbind' options are not allowed with tmpfs mounts: invalid mount option");
  if (isTmpfs && (key === "z" || key === "Z")) throw new EngineError("invalid-argument", "the 'z' and 'Z' options are not allowed with tmpfs mounts: invalid mount option");
  // Options with one sentence exclude each other.
  if (sentence !== undefined && [...seen].some((earlier) => exclusive[earlier] === sentence)) throw new EngineError("invalid-argument", `${sentence}: duplicate mount option passed`);
  seen.add(key);
}

function flagsOf(source: string): number {
  try { return statFilesystem(source).flags; } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    throw new EngineError("not-found", `statfs ${source}: no such file or directory`, { cause: error });
  }
}
