/**
 * The pause process: it sleeps in the user and mount namespace of one user's containers, and `pause.pid` names it. When it is
 * gone, the namespaces may still live in the monitors of running containers; joining those keeps their mounts in sight.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { EngineError, isErrno, messageOf } from "../../base/errors.ts";
import { lockFile } from "../../sys/index.ts";
import { makeStickyDirectory, readHostFacts, runtimeDir, type Environment } from "../rootless.ts";
import { findProgram, warn } from "./enter.ts";
import { mappingArguments, readSubids } from "./subids.ts";

/** Pid of a process whose namespaces are to be joined; made when there is none. Safe against a second maker and against kill -9 at any point. */
export async function pausePid(env: Environment): Promise<number> {
  const runtime = runtimeDir(env, readHostFacts(env));
  const file = join(runtime, "libpod/tmp/pause.pid");
  const present = readPid(file);
  if (present !== undefined && isOtherUserns(present)) return present;
  makeStickyDirectory(join(runtime, "libpod"));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  using _lock = await lockFile(join(dirname(file), "pause.lock"));
  const meanwhile = readPid(file);
  if (meanwhile !== undefined && isOtherUserns(meanwhile)) return meanwhile;
  if (meanwhile !== undefined && existsSync(`/proc/${meanwhile}`)) {
    warn(`pause.pid file refers to PID ${meanwhile} which is not a pause process, the process may have exited and the PID been recycled. Removing ${file}`);
  }
  rmSync(file, { force: true });
  if (env["container"] === undefined && !isRootShared()) warn('"/" is not a shared mount, this could cause issues or missing mounts with rootless containers');
  const pid = await makePause(env, monitorPid(runtime));
  if (publish(file, pid)) return pid;
  // Podman, which does not know our lock, was faster.
  process.kill(pid, "SIGKILL");
  return readPid(file) ?? pid;
}

/** Ends the pause process, so that the next command makes a namespace anew. Idempotent. */
export function endPause(env: Environment): void {
  const file = join(runtimeDir(env, readHostFacts(env)), "libpod/tmp/pause.pid");
  const pid = readPid(file);
  rmSync(file, { force: true });
  // In the namespace it is one of ours; another process that got its number is not.
  if (pid === undefined || !isSleeper(pid)) return;
  try { process.kill(pid, "SIGKILL"); } catch (error) { if (!isErrno(error, "ESRCH")) throw error; }
}

/** By its name: catatonit, Podman's own, or sleep. */
const isSleeper = (pid: number): boolean => ["catatonit", "podman pause", "sleep"].includes(commandName(pid));

/** Mounts made later on the host reach the namespace only from a shared root. proc(5), mountinfo: optional fields stand before the dash. */
function isRootShared(): boolean {
  const line = readFileSync("/proc/self/mountinfo", "utf8").split("\n").findLast((entry) => entry.split(" ")[4] === "/");
  return line?.split(" - ")[0]?.includes(" shared:") ?? true;
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch { return undefined; }
}

/** False for a process that is gone, and for a stranger that got its number. */
function isOtherUserns(pid: number): boolean {
  try { return readlinkSync(`/proc/${pid}/ns/user`) !== readlinkSync("/proc/self/ns/user"); } catch { return false; }
}

/** A monitor of a running container, in the default run root. */
function monitorPid(runtime: string): number | undefined {
  const root = join(runtime, "containers");
  const candidates = entries(root).filter((name) => name.endsWith("-containers")).flatMap((driver) => entries(join(root, driver)).map((id) => join(root, driver, id, "userdata/conmon.pid")));
  const pids = candidates.map(readPid).filter((pid) => pid !== undefined);
  const alive = pids.find(isOtherUserns);
  if (alive === undefined && pids.length > 0) {
    warn(`Failed to join existing conmon namespace, creating a new rootless podman user namespace. If there are existing container running please stop them with "${process.argv0} system migrate" to reset the namespace`);
  }
  return alive;
}
function entries(directory: string): string[] {
  try { return readdirSync(directory); } catch { return []; }
}

/** Makes the file unless it is there; a reader never sees it half written. */
function publish(file: string, pid: number): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(pid), { mode: 0o600 });
  try { linkSync(draft, file); } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  } finally { unlinkSync(draft); }
  return true;
}

async function makePause(env: Environment, monitor: number | undefined): Promise<number> {
  const sleeper = sleeperCommand(env);
  const argv = monitor === undefined
    ? [findProgram("unshare", env), "--user", "--mount", "--propagation", "unchanged", "--", ...sleeper]
    : [findProgram("nsenter", env), "--user", "--mount", "--preserve-credentials", "--target", String(monitor), "--", ...sleeper];
  const [program = "", ...args] = argv;
  // A session of its own: the terminal's signals are not for it. It outlives us by days, so it keeps nothing of our environment.
  const child = spawn(program, args, { detached: true, stdio: "ignore", cwd: "/", env: {} });
  child.on("error", () => { /* told by `pid` being undefined */ });
  child.unref();
  if (child.pid === undefined) throw new EngineError("internal", `cannot start ${program}`);
  const pid = child.pid;
  try {
    await untilAsleep(pid, sleeper[0] ?? "", child);
    if (monitor === undefined) mapIds(pid, env);
    return pid;
  } catch (error) {
    try { process.kill(pid, "SIGKILL"); } catch { /* ended by itself */ }
    throw error;
  }
}

/** catatonit sleeps in 50 kB; coreutils' sleep is on every machine. */
function sleeperCommand(env: Environment): string[] {
  const catatonit = ["/usr/libexec/podman/catatonit", "/usr/lib/podman/catatonit", "/usr/bin/catatonit"].find((path) => existsSync(path));
  return catatonit === undefined ? [findProgram("sleep", env), "infinity"] : [catatonit, "-P"];
}

/** Namespaces take milliseconds; a machine that needs longer has another problem. */
const maxWaitMs = 10_000;
async function untilAsleep(pid: number, sleeper: string, child: { readonly exitCode: number | null }): Promise<void> {
  const name = sleeper.slice(sleeper.lastIndexOf("/") + 1);
  for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs++) {
    if (isOtherUserns(pid) && commandName(pid) === name) return;
    if (child.exitCode !== null) break;
    await Bun.sleep(1);
  }
  throw new EngineError("failed-precondition", `cannot clone: ${noNamespaces() ?? "no user namespace could be made"}`, {
    hint: "user namespaces must be allowed: see user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns in sysctl",
  });
}
function commandName(pid: number): string {
  try { return readFileSync(`/proc/${pid}/comm`, "utf8").trim(); } catch { return ""; }
}

function noNamespaces(): string | undefined {
  const files = ["/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_userns_clone"];
  const off = files.find((file) => { try { return Number(readFileSync(file, "utf8")) === 0; } catch { return false; } });
  return off === undefined ? undefined : `user namespaces are not enabled in ${off}`;
}

function mapIds(pid: number, env: Environment): void {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const name = loginName();
  const uids = readSubids("/etc/subuid", name, uid);
  const gids = readSubids("/etc/subgid", name, uid);
  if (uids.length === 0 || gids.length === 0) {
    warn(`Using rootless single mapping into the namespace. This might break some images. Check /etc/subuid and /etc/subgid for adding sub*ids if not using a network user`);
    writeFileSync(`/proc/${pid}/setgroups`, "deny\n");
    writeFileSync(`/proc/${pid}/uid_map`, `0 ${uid} 1\n`);
    writeFileSync(`/proc/${pid}/gid_map`, `0 ${gid} 1\n`);
    return;
  }
  runMapper("newuidmap", mappingArguments(pid, uid, uids, "/etc/subuid"), env);
  runMapper("newgidmap", mappingArguments(pid, gid, gids, "/etc/subgid"), env);
}

function loginName(): string {
  try { return userInfo().username; } catch { return process.env["USER"] ?? ""; }
}

function runMapper(tool: string, args: readonly string[], env: Environment): void {
  const path = findProgram(tool, env);
  const { status, stderr, error } = spawnSync(path, args, { encoding: "utf8" });
  if (status === 0) return;
  const idtype = tool === "newuidmap" ? "setuid" : "setgid";
  throw new EngineError("failed-precondition", `cannot set up namespace using "${path}": ${error === undefined ? stderr.trim() : messageOf(error)}`, {
    reason: "program-missing", hint: `${path} should have ${idtype} or have filecaps ${idtype}; the ranges in /etc/sub${tool === "newuidmap" ? "uid" : "gid"} must be the user's own`,
  });
}
