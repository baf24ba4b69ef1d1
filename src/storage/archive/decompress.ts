/** Streaming decompression with a guard against bombs. Here and not in formats/, because bzip2 and xz are programs that run. */
import { createGunzip, createZstdDecompress, constants } from "node:zlib";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../../formats/stream.ts";
import { peekCompression, type Compression } from "../../formats/compression/detect.ts";
import { programTransform } from "./program.ts";
import { ZstdFrames } from "../../formats/compression/zstd-frames.ts";
import { chunkBytes, damaged, throughTransform } from "../../formats/compression/transform.ts";

export interface DecompressLimits {
  /** Output may be at most this many times the input, once it passed `freeBytes`. */
  readonly maxRatio?: number;
  /** Output that needs no justification. */
  readonly freeBytes?: number;
  /** Output that is too much at any ratio. */
  readonly maxBytes?: number;
}

/**
 * gzip cannot shrink by more than 1032 to 1, so a ratio under that would refuse honest files of zeros; zstd can by 100 000 and
 * more. The guard is against nested tricks and runaway zstd frames; disk space has its own limit (`LayerLimits.maxTarBytes`).
 */
const defaultMaxRatio = 20_000;
const defaultFreeBytes = 1 << 30;
/** zstd's window: 128 MiB (2^27), what the zstd program takes without `--long`; a frame asking for more is refused. */
const maxZstdWindowLog = 27;

/** Detects the format and decompresses; an uncompressed stream passes unchanged. */
export async function decompressAny(source: ByteStream, limits: DecompressLimits = {}): Promise<{ readonly compression: Compression; readonly stream: ByteStream }> {
  const { compression, stream } = await peekCompression(source);
  return { compression, stream: decompress(stream, compression, limits) };
}

/** @throws data-loss/corrupt-archive (damaged or cut off), resource-exhausted (bomb), failed-precondition/program-missing */
export function decompress(source: ByteStream, compression: Compression, limits: DecompressLimits = {}): ByteStream {
  if (compression === "none") return source;
  let inputBytes = 0;
  const counted = tap(source, (chunk) => { inputBytes += chunk.length; });
  return guard(open(counted, compression), () => inputBytes, limits);
}

function open(source: ByteStream, compression: Exclude<Compression, "none">): ByteStream {
  const describe = (error: unknown): unknown => error instanceof EngineError ? error : damaged(`${compression} data`, error);
  switch (compression) {
    case "gzip": return throughTransform(source, createGunzip({ chunkSize: chunkBytes }), describe);
    case "zstd": return unzstd(source, describe);
    case "bzip2": case "xz": return throughTransform(source, programTransform(compression), describe);
  }
}

async function* unzstd(source: ByteStream, describe: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  const watched = tap(source, (chunk) => { frames.push(chunk); });
  yield* throughTransform(watched, createZstdDecompress({ chunkSize: chunkBytes, params: { [constants.ZSTD_d_windowLogMax]: maxZstdWindowLog } }), describe);
  if (!frames.atEnd) throw damaged("zstd data", "unexpected end of file");
}

async function* tap(source: ByteStream, look: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    look(chunk);
    yield chunk;
  }
}

async function* guard(source: ByteStream, inputBytes: () => number, limits: DecompressLimits): AsyncGenerator<Uint8Array> {
  const { maxRatio = defaultMaxRatio, freeBytes = defaultFreeBytes, maxBytes = Number.MAX_SAFE_INTEGER } = limits;
  let outputBytes = 0;
  for await (const chunk of source) {
    outputBytes += chunk.length;
    if (outputBytes > maxBytes) throw new EngineError("resource-exhausted", `decompress: more than ${maxBytes} bytes of output`);
    if (outputBytes > freeBytes && outputBytes > inputBytes() * maxRatio) throw new EngineError("resource-exhausted", `decompress: output is more than ${maxRatio} times the input`);
    yield chunk;
  }
}
