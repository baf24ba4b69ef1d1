/**
 * Who we are and where that user's directories lie. A rootless Podman re-executes itself as root of a user namespace and tells
 * its child the real user in `_CONTAINERS_ROOTLESS_UID`; both spellings of that protocol are Podman's, so that our processes
 * and its may start each other.
 */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the configuration depends on outside its files. Tests pass their own. */
export interface HostFacts {
  /** The user outside our user namespace. */
  readonly uid: number;
  readonly rootless: boolean;
  readonly home: string;
  /** systemd is PID 1. */
  readonly systemd: boolean;
  /** A systemd journal can be read. */
  readonly journald: boolean;
  readonly cgroup2: boolean;
  readonly selinux: boolean;
  /** `/etc/containers` and `/usr/share/containers`. */
  readonly etcDir: string;
  readonly shareDir: string;
}

/** Reads the facts of this process. Cheap: a few stats, no program is started. */
export function readHostFacts(env: Environment): HostFacts {
  const uid = realUid(env);
  const systemd = existsSync("/run/systemd/system");
  return {
    uid, systemd,
    rootless: uid !== 0 || (env["_CONTAINERS_USERNS_CONFIGURED"] ?? "") !== "" || isConfinedRoot(),
    home: env["HOME"] !== undefined && env["HOME"] !== "" ? env["HOME"] : userInfo().homedir,
    journald: systemd && hasJournal(),
    cgroup2: existsSync("/sys/fs/cgroup/cgroup.controllers"),
    selinux: existsSync("/sys/fs/selinux/enforce"),
    etcDir: "/etc/containers", shareDir: "/usr/share/containers",
  };
}

function realUid(env: Environment): number {
  const told = env["_CONTAINERS_ROOTLESS_UID"] ?? "";
  return /^\d+$/.test(told) ? Number(told) : process.getuid?.() ?? 0;
}

/** Root without CAP_SYS_ADMIN, or of a user namespace that lacks most ids: must act as an ordinary user does. */
function isConfinedRoot(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    const capSysAdmin = 21n;
    if (effective !== undefined && (BigInt(`0x${effective}`) >> capSysAdmin & 1n) === 0n) return true;
    // The initial namespace maps 2³²-1 ids; no other may.
    return !readFileSync("/proc/self/uid_map", "utf8").includes("4294967295");
  } catch {
    return false; // no /proc: nothing says that we are confined
  }
}

function hasJournal(): boolean {
  return ["/run/log/journal", "/var/log/journal"].some((root) => directories(root).some((name) => isReadable(join(root, name))));
}

function directories(path: string): string[] {
  try { return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name); } catch { return []; }
}

function isReadable(directory: string): boolean {
  try { readdirSync(directory); return true; } catch { return false; }
}

/** `$XDG_CONFIG_HOME` or `~/.config`. */
export function configHome(env: Environment, facts: HostFacts): string {
  return nonEmpty(env["XDG_CONFIG_HOME"]) ?? join(facts.home, ".config");
}

/** `$XDG_DATA_HOME` or `~/.local/share`. */
export function dataHome(env: Environment, facts: HostFacts): string {
  return nonEmpty(env["XDG_DATA_HOME"]) ?? join(facts.home, ".local/share");
}

/**
 * Where a user's runtime files live: `$XDG_RUNTIME_DIR`, else `/run/user/UID`, else a private directory below the temporary one,
 * which is made. Root has `/run`. @throws EngineError permission-denied when somebody else owns the last resort
 */
export function runtimeDir(env: Environment, facts: Pick<HostFacts, "rootless" | "uid">): string {
  if (!facts.rootless || facts.uid === 0) return "/run";
  const told = nonEmpty(env["XDG_RUNTIME_DIR"]);
  if (told !== undefined) return existsSync(told) ? realpathSync(told) : told;
  const ofLogin = `/run/user/${facts.uid}`;
  if (isPrivate(ofLogin)) return ofLogin;
  const fallback = join(nonEmpty(env["TMPDIR"]) ?? "/tmp", `storage-run-${facts.uid}`);
  mkdirSync(fallback, { recursive: true, mode: 0o700 });
  if (isPrivate(fallback)) return fallback;
  throw new EngineError("permission-denied", `path ${JSON.stringify(fallback)} exists and it is not writeable only by the current user`, {
    hint: "log in through a session that sets XDG_RUNTIME_DIR, or set it to a directory of yours with mode 0700",
  });
}

function isPrivate(path: string): boolean {
  try {
    const info = lstatSync(path);
    return info.isDirectory() && info.uid === process.geteuid?.() && (info.mode & 0o722) === 0o700;
  } catch { return false; }
}

/**
 * The parent of a user's temporary directory, with the sticky bit: systemd-tmpfiles and logind leave such directories alone.
 * Idempotent.
 */
export function makeStickyDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o1700);
}

function nonEmpty(text: string | undefined): string | undefined { return text === "" ? undefined : text; }
