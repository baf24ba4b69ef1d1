/**
 * Partial pulls of zstd:chunked layers: the archive is put together again from its tar-split data, from files that other layers
 * already have, and from those chunks of the blob that nobody has. It then goes the way of every other layer, DiffID check
 * included, so a lying table of contents can waste time and nothing else.
 */
import { zstdDecompressSync } from "node:zlib";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { Descriptor } from "../../contract/types/oci.ts";
import { chunkedMarks, damaged, parseToc, type BlobPart, type ParsedToc, type TocChunk, type TocFile } from "../../formats/chunked/toc.ts";
import { checkDigest } from "../../formats/digest.ts";
import { textOf } from "../../formats/tar/fields.ts";
import { readTarSplitLines } from "../../formats/tarsplit/read.ts";
import { decompress } from "../../storage/archive/decompress.ts";
import type { Store, StoredContent } from "../../storage/store.ts";
import type { FetchRange } from "../types.ts";
import { readAll, streamOf, verified } from "../verify.ts";
import { RangeReader, type Range } from "./range-reader.ts";

/** Chunks up to this size are unpacked at once; longer ones stream. */
const wholeChunkBytes = 4 << 20;

export interface PartialLayer {
  /** Uncompressed; fails where chunks are not what the table says. */
  readonly tar: ByteStream;
  readonly toc: Uint8Array;
  readonly tocDigest: string;
  /** Bytes of the blob that are asked for, both tables included. */
  readonly fetchedBytes: number;
}

/** Reads the tables and plans. undefined: the layer has none that can be trusted, or the registry sends no ranges; take it whole. @throws unavailable and the like, digest-mismatch, corrupt-archive */
export async function openPartial(layer: Descriptor, store: Store, fetch: FetchRange): Promise<PartialLayer | undefined> {
  const marks = chunkedMarks(layer.annotations, layer.size);
  const tocBytes = marks === undefined ? undefined : await fetchPart(marks.toc, fetch);
  if (marks === undefined || tocBytes === undefined) return undefined;
  checkDigest(tocBytes, marks.tocDigest, "zstd:chunked table of contents");
  const plain = await readAll(decompress(streamOf(tocBytes), "zstd", { maxBytes: marks.toc.unpackedLength }), marks.toc.unpackedLength, "zstd:chunked table of contents");
  const toc = parseToc(plain);
  // Without tar-split the archive cannot be made again, nor its DiffID checked.
  const tarSplit = toc.tarSplitDigest === undefined ? undefined : await fetchPart(marks.tarSplit, fetch);
  if (tarSplit === undefined || toc.tarSplitDigest === undefined) return undefined;
  checkDigest(tarSplit, toc.tarSplitDigest, "zstd:chunked tar-split data");
  const local = await store.contents(digestsOf(toc));
  const ranges = missingRanges(toc, local);
  const reader = new RangeReader(ranges, fetch);
  const archive = new Archive(toc, local, reader);
  const records = decompress(streamOf(tarSplit), "zstd", { maxBytes: marks.tarSplit.unpackedLength });
  return { tar: archive.read(records), toc: plain, tocDigest: marks.tocDigest, fetchedBytes: reader.totalBytes + tocBytes.length + tarSplit.length };
}

async function fetchPart({ offset, length }: BlobPart, fetch: FetchRange): Promise<Uint8Array | undefined> {
  const stream = await fetch({ offset, length });
  return stream === undefined ? undefined : readAll(stream, length, "part of a layer");
}

function digestsOf({ files }: ParsedToc): ReadonlySet<string> {
  const digests = new Set<string>();
  for (const { digest, chunks } of files.values()) {
    digests.add(digest);
    for (const chunk of chunks) if (chunk.digest !== undefined) digests.add(chunk.digest);
  }
  return digests;
}

function isMissing(chunk: TocChunk, file: TocFile, local: ReadonlyMap<string, StoredContent>): boolean {
  return !chunk.isZeros && !local.has(file.digest) && (chunk.digest === undefined || !local.has(chunk.digest));
}

/** In the order of the archive, which is the order of the blob; one that is not so is refused by the reader. */
function missingRanges({ files }: ParsedToc, local: ReadonlyMap<string, StoredContent>): readonly Range[] {
  return [...files.values()].flatMap((file) => file.chunks.filter((chunk) => isMissing(chunk, file, local)).map(({ offset, end }) => ({ offset, length: end - offset })));
}

class Archive {
  readonly #toc: ParsedToc;
  readonly #local: ReadonlyMap<string, StoredContent>;
  readonly #reader: RangeReader;
  constructor(toc: ParsedToc, local: ReadonlyMap<string, StoredContent>, reader: RangeReader) { this.#toc = toc; this.#local = local; this.#reader = reader; }

  async* read(records: ByteStream): AsyncGenerator<Uint8Array> {
    try {
      for await (const record of readTarSplitLines(records)) {
        if (record.kind === "segment") yield record.bytes;
        else if (record.sizeBytes > 0) yield* this.#content(textOf(record.rawName), record.sizeBytes);
      }
    } finally { await this.#reader.close(); }
  }

  async* #content(name: string, size: number): AsyncGenerator<Uint8Array> {
    const file = this.#toc.files.get(name);
    if (file === undefined || file.size !== size) throw damaged(`tar-split data and table differ about ${JSON.stringify(name)}`);
    const whole = this.#local.get(file.digest);
    if (whole !== undefined) { yield* verified(async(whole.read()), { digest: file.digest, size }); return; }
    for (const chunk of file.chunks) yield* this.#chunk(chunk, file);
  }

  async* #chunk(chunk: TocChunk, file: TocFile): AsyncGenerator<Uint8Array> {
    if (chunk.isZeros) { yield* zeros(chunk.size); return; }
    const local = chunk.digest === undefined ? undefined : this.#local.get(chunk.digest);
    if (local !== undefined && chunk.digest !== undefined) { yield* verified(async(local.read()), { digest: chunk.digest, size: chunk.size }); return; }
    const packed = this.#reader.take({ offset: chunk.offset, length: chunk.end - chunk.offset });
    const plain = chunk.size <= wholeChunkBytes ? unpackAtOnce(packed, chunk) : decompress(packed, "zstd", { maxBytes: chunk.size });
    // A chunk without digest of its own is all of a file or, from old writers, checked with the layer.
    const digest = chunk.digest ?? (file.chunks.length === 1 ? file.digest : undefined);
    yield* digest === undefined ? plain : verified(plain, { digest, size: chunk.size });
  }
}

async function* unpackAtOnce(packed: ByteStream, { offset, end, size }: TocChunk): AsyncGenerator<Uint8Array> {
  // zstd adds a few bytes per block at most; more is filler.
  const limit = size + (size >> 3) + 65_536;
  if (end - offset > limit) throw damaged(`a chunk of ${size} bytes has ${end - offset} compressed ones`);
  const bytes = await readAll(packed, limit, "chunk of a layer");
  try { yield zstdDecompressSync(bytes, { maxOutputLength: size }); } catch (error) { throw damaged("a chunk cannot be unpacked", error); }
}

async function* async(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> { yield* chunks; }

const zeroBytes = 1 << 18;
function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= zeroBytes) yield new Uint8Array(Math.min(left, zeroBytes));
}

/** Failures after which the whole layer may still be good: what was wrong was a table, a chunk, or a file on this disk. */
export function isPartialFailure(error: unknown): boolean {
  return isEngineError(error, "digest-mismatch") || isEngineError(error, "corrupt-archive") || (error instanceof EngineError && error.code === "resource-exhausted" && error.reason === undefined);
}
