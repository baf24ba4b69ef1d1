/** The checks' part in a container's start. */
import { within } from "../base/errors.ts";
import type { ContainerRecord, StateChange } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { writeLog } from "./log.ts";
import { prepareTimer, startTimer } from "./timer.ts";

/** Before the process runs: an empty log, and what can fail of the timer. @throws internal when systemd refuses the unit */
export async function prepareChecks(context: EngineContext, record: ContainerRecord): Promise<StateChange> {
  writeLog(record, { Status: "starting", FailingStreak: 0, Log: null });
  const isStartup = record.config.health?.startup !== undefined;
  try {
    const timer = await prepareTimer(context, record, isStartup);
    return { health: { status: "starting", failingStreak: 0 }, ...(timer === undefined ? {} : { healthTimer: timer }) };
  } catch (error) { throw within("create healthcheck", error); }
}

/** Once it runs: the first check at once, then one per interval. */
export async function triggerChecks(context: EngineContext, record: ContainerRecord): Promise<void> {
  await startTimer(context, record, record.config.health?.startup !== undefined);
}
