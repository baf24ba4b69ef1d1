/**
 * zstd:chunked, to write: the archive as zstd frames that begin anew at every file and chunk, then the table of contents and the
 * tar-split data in skippable frames, which ordinary zstd readers pass over. containers/storage reads it.
 */
import { gunzipSync } from "node:zlib";
import { EngineError } from "../../base/errors.ts";
import { digestOf } from "../digest.ts";
import { goJson } from "../manifest-write.ts";
import type { ByteStream } from "../stream.ts";
import { field, readNumber } from "../tar/fields.ts";
import { TarScanner } from "../tar/scan.ts";
import type { TarEntry, TarSink, TarType } from "../tar/types.ts";
import { TarSplitRecorder } from "../tarsplit/record.ts";
import { Cutter } from "./cut.ts";
import { annotation, maxTocBytes, type TocEntry } from "./toc.ts";

const defaultLevel = 3;
/** A chunk longer than this becomes several frames, so that one is never large. */
const maxFrameBytes = 4 << 20;
/** Frames that are being compressed while the archive is read on. */
const maxPending = 16;
const skippableMagic = 0x184d2a50;
const footerMagic = "GNUlInUx";

/** The layer's bytes; `finished` is called with its annotations before the last of them is given. @throws failed-precondition for sparse files */
export async function* writeChunked(source: ByteStream, level: number | undefined, finished: (annotations: Readonly<Record<string, string>>) => void): AsyncGenerator<Uint8Array> {
  const frames = new Frames(level ?? defaultLevel);
  const sink = new ChunkSink(frames);
  const scanner = new TarScanner(sink);
  try {
    for await (const chunk of source) {
      scanner.push(chunk);
      await sink.tarSplit.settle();
      yield* frames.take(maxPending);
    }
    scanner.finish();
    frames.close();
    yield* frames.take(0);
    const tarSplit = gunzipSync(await sink.tarSplit.finish(), { maxOutputLength: maxTocBytes });
    yield* trailer(sink.entries, tarSplit, frames.position, level ?? defaultLevel, finished);
  } finally { sink.tarSplit.discard(); }
}

function* trailer(entries: readonly TocEntry[], plainTarSplit: Uint8Array, position: number, level: number, finished: (annotations: Readonly<Record<string, string>>) => void): Generator<Uint8Array> {
  const tarSplit = Bun.zstdCompressSync(plainTarSplit, { level });
  const toc = Buffer.from(goJson({ version: 1, entries, tarSplitDigest: digestOf(tarSplit) }));
  const packed = Bun.zstdCompressSync(toc, { level });
  const tocAt = position + 8;
  const tarSplitAt = tocAt + packed.length + 8;
  finished({
    [annotation.tocChecksum]: digestOf(packed),
    [annotation.tocPosition]: `${tocAt}:${packed.length}:${toc.length}:1`,
    [annotation.tarSplitPosition]: `${tarSplitAt}:${tarSplit.length}:${plainTarSplit.length}`,
  });
  yield skippable(packed);
  yield skippable(tarSplit);
  const footer = Buffer.alloc(64);
  for (const [index, value] of [tocAt, packed.length, toc.length, 1, tarSplitAt, tarSplit.length, plainTarSplit.length].entries()) footer.writeBigUInt64LE(BigInt(value), index * 8);
  footer.write(footerMagic, 56, "latin1");
  yield skippable(footer);
}

function skippable(data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(skippableMagic, 0);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}

/** Frames in order, compressed beside each other on the thread pool. A mark is told the position that it has in the blob. */
class Frames {
  readonly #level: number;
  readonly #queue: (Promise<Uint8Array> | ((position: number) => void))[] = [];
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  position = 0;

  constructor(level: number) { this.#level = level; }

  /** Copies. */
  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#bytes += bytes.length;
    if (this.#bytes >= maxFrameBytes) this.close();
  }

  /** Ends the frame, if one is open. */
  close(): void {
    if (this.#bytes === 0) return;
    const frame = Bun.zstdCompress(Buffer.concat(this.#pieces), { level: this.#level });
    // Awaited in its turn; an archive that fails before awaits none.
    frame.catch(() => { /* told by the await */ });
    this.#queue.push(frame);
    this.#pieces = [];
    this.#bytes = 0;
  }

  /** Ends the frame, and tells where the next one begins. */
  mark(tell: (position: number) => void): void {
    this.close();
    this.#queue.push(tell);
  }

  /** Gives frames until at most `pending` are left. */
  async* take(pending: number): AsyncGenerator<Uint8Array> {
    while (this.#queue.length > pending) {
      const next = this.#queue.shift();
      if (typeof next === "function") { next(this.position); continue; }
      const frame = await next;
      if (frame === undefined) return;
      this.position += frame.length;
      yield frame;
    }
  }
}

const typeNames: Readonly<Record<TarType, TocEntry["type"]>> = { file: "reg", link: "hardlink", symlink: "symlink", char: "char", block: "block", directory: "dir", fifo: "fifo" };
const zeroBlock = new Uint8Array(1 << 16);

class ChunkSink implements TarSink {
  readonly tarSplit = new TarSplitRecorder();
  readonly entries: TocEntry[] = [];
  readonly #frames: Frames;
  #header = new Uint8Array(512);
  #file: FileChunks | undefined;

  constructor(frames: Frames) { this.#frames = frames; }

  raw(bytes: Uint8Array): void {
    this.tarSplit.raw(bytes);
    this.#frames.add(bytes);
    // An entry follows its header block.
    if (bytes.length === this.#header.length) this.#header.set(bytes);
  }

  entry(entry: TarEntry): void {
    if (entry.sparse !== undefined) throw new EngineError("failed-precondition", `"${entry.name}" is sparse in the layer: zstd:chunked cannot describe it`, { hint: "push with another compression format" });
    this.tarSplit.begin(entry.rawName, entry.rawName, true);
    const main = tocEntry(entry, readNumber(this.#header, field.mode));
    this.entries.push(main);
    this.#file = entry.storedBytes === 0 ? undefined : new FileChunks(main, this.entries, this.#frames);
  }

  data(bytes: Uint8Array): void {
    this.tarSplit.content(bytes);
    this.#file?.cutter.push(bytes);
  }

  endEntry(): void {
    this.tarSplit.end();
    this.#file?.end();
    this.#file = undefined;
  }
}

/** Content of one file: frames, digests, and the entry's chunks. */
class FileChunks {
  readonly cutter: Cutter;
  readonly #main: TocEntry;
  readonly #entries: TocEntry[];
  readonly #frames: Frames;
  readonly #whole = new Bun.CryptoHasher("sha256");
  readonly #chunks: TocEntry[] = [];
  #hash = new Bun.CryptoHasher("sha256");
  #size = 0;
  #position = 0;

  constructor(main: TocEntry, entries: TocEntry[], frames: Frames) {
    this.#main = main;
    this.#entries = entries;
    this.#frames = frames;
    this.cutter = new Cutter({ data: (bytes) => { this.#add(bytes); }, zeros: (count) => { this.#zeros(count); }, endChunk: (isZeros) => { this.#endChunk(isZeros); } });
  }

  #add(bytes: Uint8Array): void {
    if (this.#size === 0) this.#begin();
    this.#whole.update(bytes);
    this.#hash.update(bytes);
    this.#frames.add(bytes);
    this.#size += bytes.length;
  }

  #zeros(count: number): void {
    for (let left = count; left > 0; left -= zeroBlock.length) this.#add(left < zeroBlock.length ? zeroBlock.subarray(0, left) : zeroBlock);
  }

  #begin(): void {
    const chunk: TocEntry = this.#chunks.length === 0 ? this.#main : { type: "chunk", name: this.#main.name };
    this.#chunks.push(chunk);
    // Fields stand in their order in the JSON, so each is made before its value is known.
    if (chunk !== this.#main) chunk.offset = 0;
    this.#frames.mark((position) => { chunk.offset = position; });
  }

  #endChunk(isZeros: boolean): void {
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    chunk.chunkSize = this.#size;
    if (this.#position > 0) chunk.chunkOffset = this.#position;
    chunk.chunkDigest = `sha256:${this.#hash.digest("hex")}`;
    if (isZeros) chunk.chunkType = "zeros";
    this.#hash = new Bun.CryptoHasher("sha256");
    this.#position += this.#size;
    this.#size = 0;
  }

  end(): void {
    this.cutter.end();
    const main = this.#main;
    main.digest = `sha256:${this.#whole.digest("hex")}`;
    this.#frames.mark((position) => { main.endOffset = position; });
    if (this.#chunks.length > 1) { this.#entries.push(...this.#chunks.slice(1)); return; }
    // One chunk needs no description of its own.
    delete main.chunkSize;
    delete main.chunkDigest;
    delete main.chunkType;
  }
}

function tocEntry(entry: TarEntry, mode: number): TocEntry {
  const xattrs = Object.fromEntries([...entry.xattrs ?? []].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [Buffer.from(name, "latin1").toString("utf8"), Buffer.from(value).toString("base64")]));
  const { name, linkName, sizeBytes, uid, gid, deviceMajor, deviceMinor } = entry;
  return {
    type: typeNames[entry.type], name, ...(linkName === "" ? {} : { linkName }), ...(mode === 0 ? {} : { mode }), ...(sizeBytes === 0 ? {} : { size: sizeBytes }),
    ...(uid === 0 ? {} : { uid }), ...(gid === 0 ? {} : { gid }), modtime: goTime(entry.mtimeNanos),
    ...(entry.atimeNanos === undefined ? {} : { accesstime: goTime(entry.atimeNanos) }), ...(entry.ctimeNanos === undefined ? {} : { changetime: goTime(entry.ctimeNanos) }),
    ...(deviceMajor === 0 ? {} : { devMajor: deviceMajor }), ...(deviceMinor === 0 ? {} : { devMinor: deviceMinor }),
    ...(Object.keys(xattrs).length === 0 ? {} : { xattrs }),
  };
}

/** RFC 3339 with as many digits as are needed. */
function goTime(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n - (nanos % 1_000_000_000n < 0n ? 1n : 0n);
  const rest = nanos - seconds * 1_000_000_000n;
  const fraction = rest === 0n ? "" : `.${rest.toString().padStart(9, "0").replace(/0+$/, "")}`;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}
