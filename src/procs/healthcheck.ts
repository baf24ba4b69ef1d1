/**
 * The clock of one container's health checks on a machine without systemd. It sleeps, starts the check as a program of its own,
 * and sleeps again; no engine is open here. It ends with the container's process, whatever happened to whoever started it.
 */
import type { HealthPlan } from "../health/plan.ts";
import { waitForProcess } from "../sys/index.ts";

/** Longest sleep of a JavaScript timer. */
const maxSleepMs = 2_147_483_647;

export async function scheduleChecks({ pid, intervalMs, command }: HealthPlan): Promise<number> {
  const ended = waitForProcess(pid).then(() => "ended" as const);
  for (;;) {
    await Bun.spawn([...command], { stdio: ["ignore", "ignore", "ignore"], cwd: "/" }).exited;
    const timer = Promise.withResolvers<"due">();
    const handle = setTimeout(() => { timer.resolve("due"); }, Math.min(intervalMs, maxSleepMs));
    const why = await Promise.race([ended, timer.promise]);
    clearTimeout(handle);
    if (why === "ended") return 0;
  }
}
