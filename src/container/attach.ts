import type { CallOptions, Duplex, InputOf, OutputFrame } from "../contract/kit.ts";
import type { attach as operation } from "../contract/container/attach.ts";
import { EngineError, isEngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { attach as connect } from "../runtime/attach.ts";
import { attachSocketOf } from "../runtime/prepare.ts";
import { stateImproper } from "./errors.ts";
import { observe } from "./observe.ts";
import { pathsOf } from "./paths.ts";
import { prepare } from "./prepare.ts";
import type { ContainerRecord } from "./record.ts";
import { startDependencies } from "./start.ts";
import { emitContainer, sync } from "./sync.ts";

type Input = InputOf<typeof operation.input>;

/**
 * Connects to the container's streams; one that does not run is initialized first.
 * @throws conflict/container-state when paused or being removed, failed-precondition for passthrough logs
 */
export async function attach(context: EngineContext, input: Input, options: CallOptions = {}): Promise<Duplex> {
  if (input.stream === false && input.logs !== true) throw new EngineError("invalid-argument", "must specify at least one of stream or logs: invalid argument");
  const { record, duplex } = await readyAndJoined(context, input, options);
  if (input.stream !== false) await emitContainer(context, record, "attach");
  return input.logs === true ? withPast(context, record, duplex) : duplex;
}

interface Joined { readonly record: ContainerRecord; readonly duplex: Duplex }

/**
 * What was seen without the lock may be over: the run before has ended and somebody takes it apart. Nobody listens then, and
 * a second look with the lock tells.
 */
async function readyAndJoined(context: EngineContext, input: Input, options: CallOptions): Promise<Joined> {
  const record = await ready(context, input.ref, options);
  if (input.stream === false) return { record, duplex: closedDuplex() };
  try { return { record, duplex: await join(context, record, input, options) }; } catch (error) {
    if (!isEngineError(error, "container-not-running")) throw error;
    const again = await readyLocked(context, record.id, options);
    return { record: again, duplex: await join(context, again, input, options) };
  }
}

/** Who attaches to what does not run yet will start it, wait for its end and often remove it: loaded while the runtime works. */
function loadRest(): void {
  void Promise.all([import("./wait.ts"), import("./cleanup.ts"), import("./remove.ts")]).catch(() => { /* told by who needs it */ });
}

/** How long the monitor waits for a caller who cleans up, before it takes the caller for dead. */
const exitDelaySeconds = 3;

/** Initialized, running or stopping. Takes the lock only when there is something to do. */
async function ready(context: EngineContext, ref: string, options: CallOptions): Promise<ContainerRecord> {
  const seen = observe(context, context.containers().resolve(ref)).record;
  if (canJoin(seen)) return seen;
  return readyLocked(context, seen.id, options);
}

async function readyLocked(context: EngineContext, id: string, { cleansUp = false }: CallOptions): Promise<ContainerRecord> {
  await startDependencies(context, id);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (canJoin(record)) return record;
  const { status } = record.state;
  if (status !== "created" && status !== "exited" && status !== "stopped") throw stateImproper(`can only attach to created or running containers - currently in state ${status}`);
  return await prepare(context, record, { meanwhile: loadRest, ...(cleansUp ? { exitDelaySeconds } : {}) });
}

function canJoin({ config, state }: ContainerRecord): boolean {
  if (config.logDriver === "passthrough" || config.logDriver === "passthrough-tty") {
    throw new EngineError("failed-precondition", `this container is using the '${config.logDriver}' log driver, cannot attach: this container is not logging output`);
  }
  return state.status === "initialized" || state.status === "running" || state.status === "stopping";
}

async function join(context: EngineContext, record: ContainerRecord, input: Input, { signal }: CallOptions): Promise<Duplex> {
  const named = input.stdin !== undefined || input.stdout !== undefined || input.stderr !== undefined;
  const wants = (flag: boolean | undefined): boolean => (named ? flag === true : true);
  return connect({
    socketPath: attachSocketOf(pathsOf(context, record)), terminal: record.config.terminal,
    stdin: wants(input.stdin) && record.config.stdin, stdout: wants(input.stdout), stderr: wants(input.stderr),
    detachKeys: input.detachKeys ?? context.config.engine.detachKeys, ...(signal === undefined ? {} : { signal }),
  });
}

/** Nothing to come and nobody to write to. */
export function closedDuplex(): Duplex {
  const none = (): AsyncIterable<OutputFrame> => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }) });
  return { output: none(), write: () => Promise.resolve(), closeWrite: () => Promise.resolve(), close: () => { /* closed already */ } };
}

async function withPast(context: EngineContext, record: ContainerRecord, duplex: Duplex): Promise<Duplex> {
  const { logs } = await import("./logs.ts");
  const { decodeFrames } = await import("../contract/frames.ts");
  async function* output(): AsyncGenerator<OutputFrame> {
    yield* decodeFrames(logs(context, { ref: record.id, stdout: true, stderr: true }));
    yield* duplex.output;
  }
  return { ...duplex, output: output() };
}
