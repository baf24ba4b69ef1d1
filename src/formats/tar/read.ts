/** A tar stream → entries with content, one after the other. */
import type { ByteStream } from "../stream.ts";
import { TarScanner } from "./scan.ts";
import type { SparseRun, TarEntry, TarSink } from "./types.ts";

export interface TarMember {
  readonly entry: TarEntry;
  /**
   * The file's bytes, holes filled with zeros; empty for all but files. Read it before going on to the next member; what is
   * left unread is skipped then. Chunks are valid until the next one is asked for.
   */
  readonly content: AsyncIterable<Uint8Array>;
}

type Event = { readonly entry: TarEntry } | { readonly data: Uint8Array } | "end";

/**
 * Reads an uncompressed archive member by member, in constant memory. Stopping early closes the source.
 * @throws data-loss/corrupt-archive, and the source's errors
 */
export async function* readTar(source: ByteStream): AsyncGenerator<TarMember> {
  const events = eventsOf(source);
  try {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return;
      const event = next.value;
      if (event === "end" || !("entry" in event)) continue;
      const stored = contentOf(events);
      yield { entry: event.entry, content: event.entry.sparse === undefined ? stored : filled(stored, event.entry.sparse, event.entry.sizeBytes) };
      for await (const _ of stored) { /* skip what the caller left */ }
    }
  } finally { await events.return(undefined); }
}

async function* eventsOf(source: ByteStream): AsyncGenerator<Event, void, undefined> {
  const queue: Event[] = [];
  const sink: TarSink = {
    raw: () => undefined,
    entry: (entry) => { queue.push({ entry }); },
    data: (data) => { queue.push({ data }); },
    endEntry: () => { queue.push("end"); },
  };
  const scanner = new TarScanner(sink);
  for await (const chunk of source) {
    scanner.push(chunk);
    yield* queue;
    queue.length = 0;
  }
  scanner.finish();
}

/** Data up to the entry's end. Can be consumed in parts: iterators over it share the position. */
function contentOf(events: AsyncGenerator<Event, void, undefined>): AsyncIterable<Uint8Array> {
  let ended = false;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (!ended) {
      const step = await events.next();
      if (step.done === true || step.value === "end") ended = true;
      else if ("data" in step.value) return { done: false, value: step.value.data };
    }
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

const zeros = new Uint8Array(64 << 10);

async function* filled(stored: AsyncIterable<Uint8Array>, runs: readonly SparseRun[], sizeBytes: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  let index = 0;
  for await (const chunk of stored) {
    for (let at = 0; at < chunk.length;) {
      const run = runs[index];
      if (run === undefined) return;
      yield* hole(run.offset - position);
      position = Math.max(position, run.offset);
      const count = Math.min(chunk.length - at, run.offset + run.length - position);
      yield chunk.subarray(at, at + count);
      at += count;
      position += count;
      if (position === run.offset + run.length) index++;
    }
  }
  yield* hole(sizeBytes - position);
}

function* hole(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zeros.length) yield left < zeros.length ? zeros.subarray(0, left) : zeros;
}
