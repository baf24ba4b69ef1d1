/** Runs a byte stream through a node:zlib transform or a program, with back-pressure and clean-up on both sides. */
import type { Duplex } from "node:stream";
import { EngineError } from "../../base/errors.ts";
import type { ByteStream } from "../stream.ts";

/**
 * Small network chunks are joined to this before they go to the transform: each write is a trip to the thread pool.
 * Measured on 200 MB of /usr (gzip -6, two cores): createGunzip with 16 KiB chunks 280 MB/s, 64 KiB 316, 256 KiB 422,
 * 1 MiB 452; DecompressionStream 255; Bun.gunzipSync of the whole 194 and all of it in memory. zstd: 470, 538, 711, 717.
 * So: node:zlib (which leaves this thread free for hashing and writing) with 256 KiB both ways.
 */
export const chunkBytes = 256 << 10;

/** `describe` turns the transform's error into ours. Stopping early destroys the transform and closes the source. */
export async function* throughTransform(source: ByteStream, transform: Duplex, describe: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  const feeding = new AbortController();
  let sourceError: unknown;
  const feeder = feed(source, transform, feeding.signal).catch((error: unknown) => {
    sourceError = error;
    transform.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of transform as AsyncIterable<Buffer>) yield chunk;
    await feeder;
  } catch (error) {
    throw sourceError ?? describe(error);
  } finally {
    feeding.abort();
    transform.destroy();
    await feeder;
  }
}

async function feed(source: ByteStream, transform: Duplex, signal: AbortSignal): Promise<void> {
  for await (const chunk of joinChunks(source, chunkBytes)) {
    if (signal.aborted || transform.destroyed) return;
    if (!transform.write(chunk)) await drained(transform, signal);
    if (signal.aborted || transform.destroyed) return;
  }
  transform.end();
}

async function drained(transform: Duplex, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      transform.off("drain", go).off("close", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    transform.on("drain", go).on("close", go);
    signal.addEventListener("abort", go);
    if (signal.aborted || transform.destroyed) go();
  });
}

/** Copies chunks together to pieces of `bytes`; only the last is smaller. Each is the only view of its buffer. */
export async function* joinChunks(source: ByteStream, bytes: number): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(bytes);
  let used = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, bytes - used);
      buffer.set(chunk.subarray(at, at + count), used);
      used += count;
      at += count;
      if (used < bytes) continue;
      yield buffer;
      buffer = new Uint8Array(bytes);
      used = 0;
    }
  }
  if (used > 0) yield buffer.subarray(0, used);
}

export function damaged(what: string, cause: unknown): EngineError {
  return new EngineError("data-loss", `decompress ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { reason: "corrupt-archive", cause });
}
