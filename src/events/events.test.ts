import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import type { EventRecord } from "../contract/types/event.ts";
import { eventFromWire, eventToWire } from "../contract/system/events.wire.ts";
import { decodeLine, encodeLine, formatTime, parseTime } from "./encode.ts";
import { eventFilter } from "./filter.ts";
import { events } from "./list.ts";
import { writeEvent } from "./write.ts";

let dir = "";
let warnings: string[] = [];
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), "events-")); warnings = []; });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

const contextWith = (more: { readonly limit?: number; readonly logger?: string } = {}): EngineContext => ({
  config: { engine: { eventsLogger: more.logger ?? "file", eventsLogMaxSizeBytes: more.limit ?? 1_000_000 }, paths: { eventsFile: join(dir, "sub/events.log") } },
  warn: (message: string) => { warnings.push(message); },
} as unknown as EngineContext);

async function collect(source: AsyncIterable<EventRecord>, count = Infinity): Promise<string[]> {
  const found: string[] = [];
  for await (const { status, name = "" } of source) {
    found.push(`${status} ${name}`);
    if (found.length >= count) break;
  }
  return found;
}

describe("a line", () => {
  const record: EventRecord = { type: "container", status: "died", time: "2026-01-02T03:04:05.000000007Z", timeNano: "1767323045000000007", id: "abc", name: "web", image: "img", containerExitCode: 7, attributes: { a: "b" } };
  test("is Podman's JSON and comes back", () => {
    expect(encodeLine(record)).toBe('{"ContainerExitCode":7,"ID":"abc","Image":"img","Name":"web","Status":"died","Time":"2026-01-02T03:04:05.000000007Z","Type":"container","Attributes":{"a":"b"}}\n');
    expect(decodeLine(encodeLine(record))).toEqual(record);
    expect(decodeLine('{"Status":"died","Ti')).toBeUndefined();
    expect(decodeLine('{"Status":"died","Time":"never","Type":"container"}')).toBeUndefined();
  });
  test("survives the wire but for the last digits of its time", () => {
    const { time: _time, timeNano: _nano, ...facts } = eventFromWire(eventToWire(record));
    const { time: _t, timeNano: _n, ...wanted } = record;
    expect(facts).toEqual(wanted);
  });
  test("keeps nanoseconds", () => {
    const nanos = 1767323045123456789n;
    expect(parseTime(formatTime(nanos))).toBe(nanos);
    expect(formatTime(1767323045000000000n)).not.toContain(".");
  });
});

test("written events are read in order, filtered, and since a time", async () => {
  const context = contextWith();
  await writeEvent(context, { type: "container", status: "create", id: "1", name: "web", attributes: { app: "shop" } });
  await writeEvent(context, { type: "volume", status: "create", name: "data" });
  await writeEvent(context, { type: "container", status: "died", id: "1", name: "web", exitCode: 3 });
  expect(await collect(events(context, { stream: false }))).toEqual(["create web", "create data", "died web"]);
  expect(await collect(events(context, { stream: false, filters: { container: ["web"], event: ["die"] } }))).toEqual(["died web"]);
  expect(await collect(events(context, { stream: false, filters: { label: ["app=shop"] } }))).toEqual(["create web"]);
  expect(await collect(events(context, { stream: false, filters: { type: ["volume", "pod"] } }))).toEqual(["create data"]);
  expect(await collect(events(context, { stream: false, since: new Date(Date.now() + 60_000).toISOString() }))).toEqual([]);
});

test("a reader from now on gets what is written afterwards, and ends at its time", async () => {
  const context = contextWith();
  await writeEvent(context, { type: "container", status: "create", name: "before" });
  const stop = new AbortController();
  const reading = collect(events(context, {}, { signal: stop.signal }), 2);
  await Bun.sleep(20);
  await writeEvent(context, { type: "container", status: "create", name: "one" });
  await writeEvent(context, { type: "container", status: "create", name: "two" });
  expect(await reading).toEqual(["create one", "create two"]);
  expect(await collect(events(context, { until: new Date(Date.now() + 50).toISOString() }))).toEqual(["create before", "create one", "create two"]);
});

test("the log stays below its limit in whole lines, and a follower misses nothing", async () => {
  const context = contextWith({ limit: 2000 });
  const stop = new AbortController();
  const reader = events(context, { filters: { type: ["container"] } }, { signal: stop.signal })[Symbol.asyncIterator]();
  let next = reader.next();
  await Bun.sleep(20);
  for (let at = 0; at < 60; at++) {
    await writeEvent(context, { type: "container", status: "create", name: `number-${at}` });
    // Who falls behind by half a log has lost the rest, here as in any rotated log; so the writer waits for the reader.
    expect((await next).value).toMatchObject({ status: "create", name: `number-${at}` });
    next = reader.next();
  }
  stop.abort();
  await next.catch(() => undefined);
  const path = context.config.paths.eventsFile;
  expect(statSync(path).size).toBeLessThan(2200);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").map(decodeLine);
  expect(lines).not.toContain(undefined);
  expect(lines[0]).toMatchObject({ type: "system", status: "log-rotation", name: path, attributes: { "io.podman.event.rotate": "begin" } });
  expect(lines.findLast((line) => line?.status === "log-rotation")).toMatchObject({ attributes: { "io.podman.event.rotate": "end" } });
});

test("none writes nothing and cannot be read; a log that cannot be written is a warning", async () => {
  await writeEvent(contextWith({ logger: "none" }), { type: "system", status: "refresh" });
  let failure: unknown;
  try { await collect(events(contextWith({ logger: "none" }), {})); } catch (error) { failure = error; }
  expect(failure).toMatchObject({ code: "failed-precondition" });
  const broken = contextWith();
  Object.assign(broken.config.paths, { eventsFile: "/proc/nosuch/events.log" });
  await writeEvent(broken, { type: "system", status: "refresh" });
  expect(warnings.length).toBe(1);
});

test("an unknown filter is refused in Podman's words", () => {
  expect(() => eventFilter({ colour: ["red"] })).toThrow('invalid event filter: "colour"');
});
