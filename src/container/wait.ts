import { watch } from "node:fs";
import { dirname } from "node:path";
import { EngineError, isEngineError } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { wait as operation } from "../contract/container/wait.ts";
import type { EngineContext } from "../engine/context.ts";
import { observe, present } from "./observe.ts";
import { isAlive, type ContainerRecord } from "./record.ts";
import { waitForEnd } from "./wait-end.ts";

const statusWords: ReadonlySet<string> = new Set(["configured", "created", "initialized", "running", "stopped", "paused", "exited", "removing", "stopping", "unknown"]);

/** Takes no lock; woken by the exit file or by writes to the state, not by a clock. @throws not-found/no-such-container, invalid-argument */
export async function wait(context: EngineContext, { ref, condition = [] }: InputOf<typeof operation.input>, { signal }: CallOptions = {}): Promise<number> {
  const conditions = condition.length === 0 ? ["exited"] : condition.map((word) => word.toLowerCase());
  const id = await idOf(context, ref);
  if (context.containers().get(id) === undefined) return context.state().exitCodes.get(id) ?? -1;
  checkConditions(context, id, conditions);
  const forEnd = conditions.some((word) => word === "exited" || word === "stopped");
  const others = conditions.filter((word) => word !== "exited" && word !== "stopped");
  const stop = new AbortController();
  const abort = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    return await Promise.race([...(forEnd ? [waitForExitCode(context, id, abort)] : []), ...(others.length > 0 ? [waitForStatus(context, id, others, abort)] : [])]);
  } finally { stop.abort(); }
}

/** A removed container is known by the exit code that it left. */
async function idOf(context: EngineContext, ref: string): Promise<string> {
  try { return context.containers().resolveId(ref); } catch (error) {
    const [left] = isEngineError(error, "no-such-container") ? context.state().exitCodes.find(ref) : [];
    if (left === undefined) throw error;
    return left;
  }
}

function checkConditions(context: EngineContext, id: string, conditions: readonly string[]): void {
  for (const word of conditions) {
    if (word === "healthy" || word === "unhealthy") {
      if (context.containers().get(id)?.config.health === undefined) throw new EngineError("invalid-argument", `cannot use condition "${word}": container ${id} has no healthcheck`);
    } else if (!statusWords.has(word)) throw new EngineError("invalid-argument", `unknown container state: ${word}: invalid argument`);
  }
}

async function waitForExitCode(context: EngineContext, id: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const record = context.containers().get(id);
    if (record === undefined) return context.state().exitCodes.get(id) ?? -1;
    const { state, config } = observe(context, record, true).record;
    // An initialized one is about to start: its end is what the caller of create, attach, start waits for.
    if (!isAlive(state.status) && state.status !== "initialized") {
      if (config.create.remove === true && state.startedAt !== undefined) await removeEnded(context, id);
      return state.exitCode ?? context.state().exitCodes.get(id) ?? 0;
    }
    await waitForEnd(context, record, undefined, signal);
  }
}

/** Who waited for a container made with --rm finds it gone: conmon's exit command may come later, so we do its work. */
async function removeEnded(context: EngineContext, id: string): Promise<void> {
  const { cleanup } = await import("./cleanup.ts");
  try { await cleanup(context, { ref: id, remove: true, removeImage: context.containers().get(id)?.config.create.removeImage === true, stoppedOnly: true }); } catch (error) {
    if (!isEngineError(error, "no-such-container")) throw error;
  }
}

/** Any of the words; -1 as Podman's. Being gone counts as `removing`. */
async function waitForStatus(context: EngineContext, id: string, words: readonly string[], signal: AbortSignal): Promise<number> {
  let wake = Promise.withResolvers<void>();
  // The directory, because the log file is made anew at times; any write to the state may be the one.
  const watcher = watch(dirname(context.state().watchPath), () => { wake.resolve(); });
  signal.addEventListener("abort", () => { wake.resolve(); }, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      wake = Promise.withResolvers<void>();
      // The log file changes before its index makes the change visible; the writer's lock is free only after both.
      const record = context.state().atomically(() => context.containers().get(id));
      if (record === undefined) {
        if (words.includes("removing")) return context.state().exitCodes.get(id) ?? -1;
        throw new EngineError("not-found", `no container with ID ${id} found in database: no such container`, { reason: "no-such-container" });
      }
      if (matches(present(context, record), words)) return -1;
      await wake.promise;
    }
  } finally { watcher.close(); }
}

function matches({ state }: ContainerRecord, words: readonly string[]): boolean {
  const status = state.status === "created" ? ["created", "configured"] : [state.status];
  return words.some((word) => status.includes(word)) || (state.health !== undefined && words.includes(state.health.status));
}
