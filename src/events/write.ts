/** Writing events. The backend follows containers.conf `events_logger`: a file, the journal, or none. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isErrno, messageOf } from "../base/errors.ts";
import type { EngineEvent } from "../contract/types/event.ts";
import type { EngineContext } from "../engine/context.ts";
import { lockFile } from "../sys/index.ts";
import { encodeLine, toRecord } from "./encode.ts";

/** Tells an event. What goes wrong is a warning: no verb fails because nobody could be told about it. */
export async function writeEvent(context: EngineContext, event: EngineEvent): Promise<void> {
  const { eventsLogger } = context.config.engine;
  if (eventsLogger === "none") return;
  try {
    const record = toRecord(event, event.timeNanos ?? nowNanos());
    if (eventsLogger === "journald") (await import("./journal.ts")).writeToJournal(record);
    else await appendLine(context, encodeLine(record));
  } catch (error) {
    context.warn(`Unable to write ${event.type} event: "${messageOf(error)}"`);
  }
}

/** The clock of people in nanoseconds: milliseconds from it, the rest from the monotonic clock, so that events keep their order. */
export function nowNanos(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

/** One write per line, so that lines of several writers never mix. Writers share the lock; who shortens the file excludes them. */
async function appendLine(context: EngineContext, line: string): Promise<void> {
  const path = context.config.paths.eventsFile;
  const limit = context.config.engine.eventsLogMaxSizeBytes;
  if (limit > 0 && sizeOf(path) >= limit) await withLock(path, "write", () => { rotate(path, limit); });
  await withLock(path, "read", () => { append(path, line); });
}

function sizeOf(path: string): number {
  try { return statSync(path).size; } catch (error) {
    if (isErrno(error, "ENOENT")) return 0;
    throw error;
  }
}

async function withLock<T>(path: string, mode: "read" | "write", work: () => T): Promise<T> {
  const take = async (): ReturnType<typeof lockFile> => lockFile(`${path}.lock`, mode);
  using _lock = await take().catch(async (error: unknown) => {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return take();
  });
  return work();
}

function append(path: string, line: string): void {
  const fd = openSync(path, "a", 0o700);
  try { writeSync(fd, line); } finally { closeSync(fd); }
}

/** Keeps the newer half, in whole lines, between two events that say so. Readers that follow the file see another inode and go on in it. */
function rotate(path: string, limit: number): void {
  const content = readFileSync(path);
  if (content.length < limit) return;
  const start = content.indexOf(0x0a, Math.floor(content.length / 2)) + 1;
  const mark = (which: "begin" | "end"): string => encodeLine(toRecord({ type: "system", status: "log-rotation", name: path, attributes: { "io.podman.event.rotate": which } }, nowNanos()));
  writeFileSync(`${path}.tmp`, Buffer.concat([Buffer.from(mark("begin")), content.subarray(start), Buffer.from(mark("end"))]), { mode: 0o700 });
  renameSync(`${path}.tmp`, path);
}
