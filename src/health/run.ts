import { EngineError, isEngineError } from "../base/errors.ts";
import type { HealthLogEntry, HealthReport, run as operation } from "../contract/healthcheck/run.ts";
import type { InputOf } from "../contract/kit.ts";
import { observe } from "../container/observe.ts";
import type { ContainerRecord } from "../container/record.ts";
import { sync } from "../container/sync.ts";
import type { EngineContext } from "../engine/context.ts";
import { lookAfterNetworks } from "../network/look-after.ts";
import { actOnFailure } from "./act.ts";
import { runCheck } from "./check.ts";
import { keep } from "./keep.ts";

const stopped: HealthReport = { Status: "stopped", FailingStreak: 0, Log: null };

/**
 * Runs the check once, without the container's lock, and writes down what it found. Turned unhealthy, the container is killed,
 * stopped or restarted as --health-on-failure says.
 * @throws conflict/container-not-running, conflict/container-state without a check
 */
export async function run(context: EngineContext, { ref }: InputOf<typeof operation.input>): Promise<HealthReport> {
  const { record } = observe(context, context.containers().resolve(ref), true);
  if (record.state.status !== "running") throw new EngineError("conflict", `container ${record.id} is not running`, { reason: "container-not-running" });
  if (record.config.health === undefined) throw new EngineError("conflict", `container ${record.id} has no defined healthcheck`, { reason: "container-state" });
  const isStartup = record.config.health.startup !== undefined && record.state.healthStartup?.passed !== true;
  const { entry, failure } = await runCheck(context, record, isStartup);
  const kept = await keepLocked(context, record, entry, isStartup);
  await lookAfterNetworks(context);
  if (kept.action !== undefined) await actOnFailure(context, record.id, kept.action);
  if (failure !== undefined && kept.report.Status !== "stopped") throw failure;
  return kept.report;
}

async function keepLocked(context: EngineContext, { id }: ContainerRecord, entry: HealthLogEntry, isStartup: boolean): ReturnType<typeof keep> {
  using _lock = await context.lock("container", id);
  try {
    return await keep(context, await sync(context, id), entry, isStartup);
  } catch (error) {
    // Removed meanwhile (--rm): as good as stopped.
    if (isEngineError(error, "no-such-container")) return { report: stopped };
    throw error;
  }
}
