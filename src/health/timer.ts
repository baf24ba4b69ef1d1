/**
 * Who runs the checks: a transient timer where systemd is PID 1, as Podman does it; elsewhere a small process of ours
 * (procs/healthcheck.ts) that sleeps between checks and ends with the container.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRecord, ContainerState } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import type { HealthPlan } from "./plan.ts";
import { signalProcess } from "../sys/index.ts";
import { makeUnit, removeUnit, triggerUnit, unitNameOf } from "./systemd.ts";

const sigTerm = 15;
type Timer = NonNullable<ContainerState["healthTimer"]>;

/** Interval in nanoseconds; 0: no timer, checks are run by hand. */
export function intervalOf({ config }: ContainerRecord, isStartup: boolean): number {
  const regular = config.health?.intervalNanos ?? 0;
  return isStartup && regular > 0 ? config.health?.startup?.intervalNanos ?? regular : regular;
}

/** What can be made before the container runs: systemd's units. undefined: nothing, or our process later. */
export async function prepareTimer(context: EngineContext, record: ContainerRecord, isStartup: boolean): Promise<Timer | undefined> {
  const interval = intervalOf(record, isStartup);
  if (interval <= 0 || !usesSystemd(context)) return undefined;
  const unit = unitNameOf(record.id, isStartup);
  await makeUnit(context, record.id, unit, interval);
  return { unit };
}

/** Runs the first check now. Only with the lock held, for a running container. */
export async function startTimer(context: EngineContext, record: ContainerRecord, isStartup: boolean): Promise<void> {
  const timer = record.state.healthTimer;
  if (timer !== undefined && "unit" in timer) return triggerUnit(context, timer.unit);
  const interval = intervalOf(record, isStartup);
  if (interval <= 0 || isDisabled(context) || record.state.pid === undefined) return;
  context.containers().setState(record.id, { healthTimer: { pid: spawnScheduler(context, record, interval) } });
}

/** Regular checks instead of start-up checks, or another interval. Only with the lock held. */
export async function replaceTimer(context: EngineContext, record: ContainerRecord, isStartup: boolean): Promise<void> {
  const next = await prepareTimer(context, record, isStartup);
  const saved = context.containers().setState(record.id, { healthTimer: next });
  await startTimer(context, saved, isStartup);
  await endTimer(context, record);
}

/** Idempotent. A check that runs goes on to its end; it may be the one that called this. */
export async function endTimer(context: EngineContext, { id, state }: ContainerRecord): Promise<void> {
  const timer = state.healthTimer;
  if (timer === undefined) return;
  if ("unit" in timer) return removeUnit(context, timer.unit);
  signalProcess(timer.pid, sigTerm, () => isScheduler(timer.pid, id));
}

/** Podman's variable turns the timers off. */
const isDisabled = ({ env }: EngineContext): boolean => env["DISABLE_HC_SYSTEMD"] === "true";

function usesSystemd(context: EngineContext): boolean {
  if (isDisabled(context)) return false;
  try { if (readFileSync("/proc/1/comm", "utf8").trim() !== "systemd") return false; } catch { return false; }
  return !context.config.rootless || existsSync(join(context.env["XDG_RUNTIME_DIR"] ?? "/nonexistent", "systemd/private"));
}

function spawnScheduler(context: EngineContext, { id, state }: ContainerRecord, interval: number): number {
  const plan: HealthPlan = { id, pid: state.pid ?? 0, intervalMs: interval / 1e6, command: [...context.selfCommand, "healthcheck", "run", "--ignore-result", id] };
  const child = Bun.spawn([...context.selfCommand, "healthcheck", "schedule", JSON.stringify(plan)], { stdio: ["ignore", "ignore", "ignore"], detached: true, cwd: "/", env: { ...context.env } });
  child.unref();
  return child.pid;
}

function isScheduler(pid: number, id: string): boolean {
  try { return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`"id":"${id}"`); } catch { return false; }
}
