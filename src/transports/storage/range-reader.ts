/** Reads wanted parts of a blob in ascending order with as few requests as makes sense: parts that lie close are fetched in one. */
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { FetchRange } from "../types.ts";

export interface Range { readonly offset: number; readonly length: number }

/** A gap below this costs less than another request. */
const mergedGapBytes = 64 << 10;
/** containers/image asks for no more parts either; gaps are merged until there are this few. */
const maxRequests = 1024;

export class RangeReader {
  readonly #runs: Range[];
  readonly #fetch: FetchRange;
  readonly totalBytes: number;
  #stream: AsyncIterator<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array();
  #position = 0;
  #end = 0;

  /** @throws data-loss/corrupt-archive when the ranges are not ascending */
  constructor(ranges: readonly Range[], fetch: FetchRange) {
    this.#fetch = fetch;
    this.#runs = merge(ranges);
    this.totalBytes = this.#runs.reduce((sum, { length }) => sum + length, 0);
  }

  /** Exactly the bytes of a wanted range; those before it are skipped. Read it to its end before the next. @throws as `fetch`, unavailable when the registry sends less */
  async* take({ offset, length }: Range): AsyncGenerator<Uint8Array> {
    if (this.#stream === undefined || offset >= this.#end) await this.#open(offset);
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0 && !await this.#next()) throw new EngineError("unavailable", `the registry ended a range early, ${left} bytes are missing`);
      const skip = Math.min(this.#rest.length, Math.max(0, offset - this.#position));
      const part = this.#rest.subarray(skip, skip + left);
      this.#rest = this.#rest.subarray(skip + part.length);
      this.#position += skip + part.length;
      left -= part.length;
      if (part.length > 0) yield part;
    }
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.return?.();
  }

  async #next(): Promise<boolean> {
    const next = await this.#stream?.next();
    if (next === undefined || next.done === true) return false;
    this.#rest = next.value;
    return true;
  }

  async #open(offset: number): Promise<void> {
    await this.close();
    const run = this.#runs.shift();
    if (run === undefined || offset < run.offset || offset >= run.offset + run.length) throw new EngineError("data-loss", "chunks of a layer are not in the order of its archive", { reason: "corrupt-archive" });
    const stream: ByteStream | undefined = await this.#fetch(run);
    if (stream === undefined) throw new EngineError("data-loss", "the registry stopped sending ranges", { reason: "corrupt-archive" });
    this.#stream = stream[Symbol.asyncIterator]();
    this.#rest = new Uint8Array();
    this.#position = run.offset;
    this.#end = run.offset + run.length;
  }
}

function merge(ranges: readonly Range[]): Range[] {
  for (let gap = mergedGapBytes; ; gap *= 2) {
    const runs: { offset: number; length: number }[] = [];
    for (const { offset, length } of ranges) {
      const last = runs.at(-1);
      const end = last === undefined ? -1 : last.offset + last.length;
      if (last !== undefined && offset < end) throw new EngineError("data-loss", "chunks of a layer overlap", { reason: "corrupt-archive" });
      if (last !== undefined && offset - end <= gap) last.length = offset + length - last.offset;
      else runs.push({ offset, length });
    }
    if (runs.length <= maxRequests) return runs;
  }
}
