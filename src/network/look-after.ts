import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";

/** Between two looks. */
const restMillis = 10_000;

/**
 * For what looks at containers anyway (lists, health checks): looks at their networks too, at most every ten seconds on
 * the machine, and starts a process that heals them when something is missing. Costs one stat otherwise. Never fails, never waits.
 */
export async function lookAfterNetworks(context: EngineContext): Promise<void> {
  try {
    if (isRecent(join(context.config.paths.tmpDir, "network-health"))) return;
    const { needsHealing } = await import("./heal.ts");
    if (!await needsHealing(context)) return;
    Bun.spawn([...context.selfCommand, "system", "heal-networks"], { stdio: ["ignore", "ignore", "ignore"], detached: true, cwd: "/", env: { ...context.env } }).unref();
  } catch { /* the caller has its own work; the next one looks again */ }
}

function isRecent(stamp: string): boolean {
  try { if (Date.now() - statSync(stamp).mtimeMs < restMillis) return true; } catch { mkdirSync(join(stamp, ".."), { recursive: true, mode: 0o700 }); }
  writeFileSync(stamp, "");
  return false;
}
