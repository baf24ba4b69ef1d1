/** Transient timers of systemd through its own tools; names and properties are Podman's. */
import { readFileSync } from "node:fs";
import { quietEnvironment } from "../base/environment.ts";
import { EngineError, isErrno, messageOf } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";

/** What systemd-run prints when it fails. */
const maxOutputBytes = 64 * 1024;
/** Variables that decide which files this program reads. */
const carried = ["PATH", "CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF"];

/** A name of its own for every start, because a unit of the last run may still be going. */
export function unitNameOf(id: string, isStartup: boolean): string {
  return `${id}${isStartup ? "-startup" : ""}-${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
}

/** Loads the timer and its service; the timer waits for the service's first run. @throws internal with systemd-run's output */
export async function makeUnit(context: EngineContext, id: string, unit: string, intervalNanos: number): Promise<void> {
  const { env, selfCommand, config } = context;
  const argv = [
    "--property", "LogLevelMax=notice", ...(config.rootless ? ["--user"] : []),
    ...carried.flatMap((name) => (env[name] === undefined || env[name] === "" ? [] : [`--setenv=${name}=${env[name]}`])),
    "--unit", unit, `--on-unit-inactive=${Math.round(intervalNanos / 1000)}us`, "--timer-property=AccuracySec=1s", "--property=StartLimitIntervalSec=0",
    // Nobody resets a failed one.
    "--property=CollectMode=inactive-or-failed",
    ...selfCommand, "healthcheck", "run", "--ignore-result", id,
  ];
  const { status, output } = await call(context, "systemd-run", argv);
  if (status !== 0) throw new EngineError("internal", `systemd-run failed: exit status ${status}: output: ${output.trim()}`);
}

/** Runs the service once; the timer goes on from its end. */
export async function triggerUnit(context: EngineContext, unit: string): Promise<void> {
  const { status, output } = await systemctl(context, ["start", "--no-block", `${unit}.service`]);
  if (status !== 0) throw new EngineError("internal", `starting systemd health-check timer "${unit}.service": ${output.trim()}`);
}

/** Idempotent. Does not wait for a check that runs: it may wait for the lock that we hold. */
export async function removeUnit(context: EngineContext, unit: string): Promise<void> {
  await systemctl(context, ["--job-mode=ignore-dependencies", "stop", `${unit}.timer`]);
  if (!isInside(unit)) await systemctl(context, ["--job-mode=ignore-dependencies", "--no-block", "stop", `${unit}.service`]);
}

/** This very process is the check. */
function isInside(unit: string): boolean {
  try { return readFileSync("/proc/self/cgroup", "utf8").includes(`${unit}.service`); } catch { return false; }
}

async function systemctl(context: EngineContext, argv: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  return call(context, "systemctl", [...(context.config.rootless ? ["--user"] : []), ...argv]);
}

async function call(context: EngineContext, name: string, argv: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  const path = Bun.which(name, { PATH: context.env["PATH"] ?? "/usr/bin:/bin" });
  if (path === null) throw new EngineError("failed-precondition", `failed to execute ${name}: exec: "${name}": executable file not found in $PATH`, { reason: "program-missing" });
  const child = start(name, path, argv, context.env);
  const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { status, output: stdout + stderr };
}

function start(name: string, path: string, argv: readonly string[], env: EngineContext["env"]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  try { return Bun.spawn([path, ...argv], { stdio: ["ignore", "pipe", "pipe"], env: quietEnvironment(env), maxBuffer: maxOutputBytes }); } catch (error) {
    throw new EngineError("internal", `failed to execute ${name}: fork/exec ${path}: ${isErrno(error, "ENOEXEC") ? "exec format error" : messageOf(error)}`, { cause: error });
  }
}
