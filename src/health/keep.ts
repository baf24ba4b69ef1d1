/** What a check's result does to the container's health: podman-healthcheck-run(1), and `--health-*` of podman-run(1). */
import type { HealthLogEntry, HealthReport } from "../contract/healthcheck/run.ts";
import { isAlive, type ContainerRecord, type StateChange } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { readLog, writeLog } from "./log.ts";
import { replaceTimer } from "./timer.ts";

const defaultLogCount = 5;
const defaultRetries = 3;

/** `restart` starts it again whatever its restart policy is. */
export type HealthAction = "kill" | "stop" | "restart";
export interface Kept { readonly report: HealthReport; readonly action?: HealthAction }

type Verdict = "passed" | "failed" | "stopped";

/** Only with the lock held, for a synced record. The log is written before the state, whose change wakes those who wait. */
export async function keep(context: EngineContext, record: ContainerRecord, entry: HealthLogEntry, isStartup: boolean): Promise<Kept> {
  const verdict: Verdict = entry.ExitCode === 0 ? "passed" : isAlive(record.state.status) && record.state.status !== "stopping" ? "failed" : "stopped";
  const health = nextHealth(record, verdict, entry, isStartup);
  const log = logWith(record, entry);
  const startup = isStartup && verdict !== "stopped" ? nextStartup(record, verdict === "passed") : undefined;
  const action = actionOf(record, health.status, verdict, startup);
  const hasPassed = startup?.passed === true && record.state.healthStartup?.passed !== true;
  writeLog(record, { Status: health.status, FailingStreak: health.failingStreak, Log: log });
  const saved = context.containers().setState(record.id, { health, ...(startup === undefined ? {} : { healthStartup: startup }), ...(action === "restart" ? { healthRestart: true } : {}) });
  await tell(context, saved, health, entry);
  if (hasPassed && record.state.status === "running") await replaceTimer(context, saved, false);
  // The answer is about this run; the container's health also about those before.
  const status = verdict === "passed" ? "healthy" : verdict === "stopped" ? "stopped" : isStartup ? "starting" : "unhealthy";
  return { report: { Status: status, FailingStreak: health.failingStreak, Log: log }, ...(action === undefined ? {} : { action }) };
}

type Health = NonNullable<ContainerRecord["state"]["health"]>;
function nextHealth({ config, state }: ContainerRecord, verdict: Verdict, entry: HealthLogEntry, isStartup: boolean): Health {
  const before = state.health ?? { status: "starting", failingStreak: 0 };
  if (verdict === "passed") return { status: "healthy", failingStreak: 0 };
  if (verdict === "stopped") return { ...before, status: "stopped" };
  const startPeriodEnd = Date.parse(state.startedAt ?? "") + (config.health?.startPeriodNanos ?? 0) / 1e6;
  if (isStartup || Date.parse(entry.Start) < startPeriodEnd) return before;
  const failingStreak = before.failingStreak + 1;
  return { status: failingStreak >= (config.health?.retries ?? defaultRetries) ? "unhealthy" : before.status, failingStreak };
}

function logWith(record: ContainerRecord, entry: HealthLogEntry): readonly HealthLogEntry[] {
  const count = record.config.health?.maxLogCount ?? defaultLogCount;
  const log = [...readLog(record) ?? [], entry];
  return count === 0 ? log : log.slice(-count);
}

type Startup = NonNullable<StateChange["healthStartup"]>;
function nextStartup({ config, state }: ContainerRecord, isSuccess: boolean): Startup {
  const before = state.healthStartup ?? { passed: false, successes: 0, failures: 0 };
  if (before.passed) return before;
  if (!isSuccess) return { ...before, failures: before.failures + 1 };
  const successes = before.successes + 1;
  return successes >= (config.health?.startup?.successes ?? 0) ? { passed: true, successes: 0, failures: 0 } : { ...before, successes };
}

function actionOf({ config: { health } }: ContainerRecord, status: string, verdict: Verdict, startup: Startup | undefined): HealthAction | undefined {
  if (verdict !== "failed") return undefined;
  if (startup !== undefined) {
    const retries = health?.startup?.retries ?? 0;
    return retries > 0 && startup.failures >= retries ? "restart" : undefined;
  }
  const onFailure = health?.onFailure ?? "none";
  return status === "unhealthy" && onFailure !== "none" ? onFailure : undefined;
}

async function tell(context: EngineContext, record: ContainerRecord, health: Health, entry: HealthLogEntry): Promise<void> {
  if (!context.config.engine.healthcheckEvents) return;
  const { id, name, config } = record;
  await context.emit({
    type: "container", status: "health_status", id, name, ...(config.imageName === undefined ? {} : { image: config.imageName }),
    ...(config.pod === undefined ? {} : { podId: config.pod }), attributes: config.labels, healthStatus: health.status, healthFailingStreak: health.failingStreak,
    ...(config.health?.logDestination === "events_logger" ? { healthLog: JSON.stringify(entry) } : {}),
  });
}
