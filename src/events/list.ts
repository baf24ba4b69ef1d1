import { EngineError, within } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { events as operation } from "../contract/system/events.ts";
import type { EventRecord } from "../contract/types/event.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseGoDuration, parseTimestamp } from "../formats/list-filters.ts";
import { eventFilter } from "./filter.ts";

/**
 * Past events when `since` or `until` is given or the stream is off, then new ones until `until` or the signal.
 * @throws invalid-argument for times and filters, failed-precondition without an event log
 */
export async function* events(context: EngineContext, input: InputOf<typeof operation.input>, { signal }: CallOptions = {}): AsyncGenerator<EventRecord> {
  const { eventsLogger } = context.config.engine;
  if (eventsLogger === "none") throw new EngineError("failed-precondition", "cannot read events with the \"none\" backend");
  const matches = eventFilter(input.filters ?? {});
  const [since, until] = [timeOf(input.since, false), timeOf(input.until, true)];
  const follow = input.stream !== false && (until === undefined || until > Date.now());
  const stop = untilSignal(follow ? until : undefined, signal);
  const past = since !== undefined || until !== undefined || !follow;
  try {
    for await (const event of await source(context, eventsLogger, { fromNow: !past, follow, ...(stop.signal === undefined ? {} : { signal: stop.signal }) }, since)) {
      const time = Number(BigInt(event.timeNano) / 1000n) / 1000;
      if (since !== undefined && time < since) continue;
      if (until !== undefined && time > until) { if (follow) return; continue; }
      if (matches(event)) yield event;
    }
  } finally { stop.end(); }
}

async function source(context: EngineContext, logger: string, options: { readonly fromNow: boolean; readonly follow: boolean; readonly signal?: AbortSignal }, since: number | undefined): Promise<AsyncIterable<EventRecord>> {
  if (logger === "journald") return (await import("./journal-read.ts")).readEventJournal({ ...options, ...(since === undefined ? {} : { sinceMs: since }) });
  return (await import("./read.ts")).readEventFile(context, options);
}

/** A duration is before now for `since`; for `until` it is ahead, as Podman reads it. */
function timeOf(text: string | undefined, isUntil: boolean): number | undefined {
  if (text === undefined || text === "") return undefined;
  const duration = isUntil ? parseGoDuration(text) : undefined;
  try { return duration === undefined ? parseTimestamp(text) : Date.now() + duration; } catch (error) { throw within("failed to parse event filters", error); }
}

function untilSignal(until: number | undefined, outer: AbortSignal | undefined): { readonly signal: AbortSignal | undefined; end(): void } {
  if (until === undefined) return { signal: outer, end: () => { /* nothing to stop */ } };
  const stop = new AbortController();
  const timer = setTimeout(() => { stop.abort(); }, Math.max(0, Math.min(until - Date.now(), 2 ** 31 - 1)));
  return { signal: outer === undefined ? stop.signal : AbortSignal.any([stop.signal, outer]), end: () => { clearTimeout(timer); } };
}
