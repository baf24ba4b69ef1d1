import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { logs as operation } from "../contract/container/logs.ts";
import { encodeFrame } from "../contract/frames.ts";
import type { EngineContext } from "../engine/context.ts";
import { EngineError } from "../base/errors.ts";
import { parseGoDuration, parseTimestamp } from "../formats/list-filters.ts";
import { formatLine, readLog } from "../runtime/logs/read.ts";
import { observe } from "./observe.ts";
import { isAlive } from "./record.ts";
import { waitForEnd } from "./wait-end.ts";

/**
 * With neither `stdout` nor `stderr` named: both. Following ends when the container has.
 * @throws not-found/no-such-container, invalid-argument for times and counts, failed-precondition for logs that are not kept
 */
export async function* logs(context: EngineContext, input: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array> {
  const { record } = observe(context, context.containers().resolve(input.ref));
  const { eventsLogger } = context.config.engine;
  if (input.follow === true && record.config.logDriver === "journald" && eventsLogger !== "journald") {
    throw new EngineError("invalid-argument", `using --follow with the journald --log-driver but without the journald --events-backend (${eventsLogger}) is not supported`);
  }
  const both = input.stdout !== true && input.stderr !== true;
  const lives = isAlive(record.state.status) || record.state.status === "initialized";
  const lines = readLog({
    id: record.id, driver: record.config.logDriver, path: record.config.logPath, follow: input.follow === true,
    ...(input.tail === undefined || input.tail === "all" || input.tail === "" || input.tail === "-1" ? {} : { tail: parseTail(input.tail) }),
    ...(isUnset(input.since) ? {} : { sinceNanos: nanos(input.since) }),
    ...(isUnset(input.until) ? {} : { untilNanos: BigInt(Math.round(untilMillis(input.until) * 1000)) * 1000n }),
    ...(lives ? { ended: waitForEnd(context, record) } : {}), ...(signal === undefined ? {} : { signal }),
  });
  for await (const line of lines) {
    if (!both && !(line.stream === "stdout" ? input.stdout : input.stderr)) continue;
    yield encodeFrame({ stream: line.stream, data: formatLine(line, { timestamps: input.timestamps === true }) });
  }
}

/** A duration is ahead of now, as Podman reads it for --until. */
function untilMillis(text: string): number {
  const duration = parseGoDuration(text);
  return duration === undefined ? parseTimestamp(text) : Date.now() + duration;
}
/** Clients in Go send their zero time. */
const isUnset = (time: string | undefined): time is undefined => time === undefined || time === "" || time === "0001-01-01T00:00:00Z";
const nanos = (text: string): bigint => BigInt(Math.round(parseTimestamp(text) * 1000)) * 1000n;

function parseTail(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new EngineError("invalid-argument", `invalid value "${text}" for tail: not a number of lines`);
  return Number(text);
}
