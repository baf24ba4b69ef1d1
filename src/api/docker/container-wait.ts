/** Docker's three conditions of `wait`, made of the engine's. */
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";

export const waitConditions: readonly string[] = ["not-running", "next-exit", "removed"];

/**
 * The exit code. `next-exit` and `removed` of a container that does not run wait for its next run: clients ask before they
 * start it. `ref` is looked up once, because an id still gives the code when the container is gone.
 */
export async function waitDocker(engine: Engine, ref: string, condition: string, signal: AbortSignal): Promise<number> {
  const { Id: id, State: { Status: status } } = await engine.container.inspect({ ref });
  if (condition === "not-running") return engine.container.wait({ ref: id }, { signal });
  if (!isAboutToEnd(status)) await begins(engine, id, status, condition, signal);
  const code = await engine.container.wait({ ref: id }, { signal });
  if (condition === "removed") await gone(engine, id, signal);
  return code;
}

const isAboutToEnd = (status: string): boolean => status === "initialized" || status === "running" || status === "paused" || status === "stopping";

async function begins(engine: Engine, id: string, status: string, condition: string, signal: AbortSignal): Promise<void> {
  // From "created" every other word tells that it began; it may have ended before anybody looked.
  const begun = status === "created" || status === "configured" ? ["initialized", "running", "paused", "stopping", "exited", "stopped", "removing"] : ["initialized", "running", "removing"];
  try { await engine.container.wait({ ref: id, condition: begun }, { signal }); } catch (error) {
    if (!(condition === "removed" && isEngineError(error, "not-found"))) throw error;
  }
}

/** A removal that others wait for is a matter of milliseconds; polling is simpler than a race with it. */
const pollMillis = 20;
async function gone(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try { await engine.container.wait({ ref: id, condition: ["removing"] }, { signal }); await engine.container.exists({ ref: id }); } catch (error) {
      if (isEngineError(error, "not-found")) return;
      throw error;
    }
    if (signal.aborted) throw new EngineError("aborted", "the client closed the connection");
    await Bun.sleep(pollMillis);
  }
}
