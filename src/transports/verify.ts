/** Streams that are checked while they flow: nothing downstream may act on the end of a stream whose content was wrong. */
import { EngineError } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import { parseDigest } from "../formats/digest.ts";

export interface Expected { readonly digest: string; readonly size?: number }

/**
 * Passes `data` through and throws instead of ending when digest or size differ. More bytes than `size` fail at once, so an
 * endless stream costs no more than the blob it pretends to be.
 * @throws data-loss/digest-mismatch
 */
export async function* verified(data: ByteStream, { digest, size }: Expected): ByteStream {
  const hasher = new Bun.CryptoHasher(parseDigest(digest).algorithm);
  let length = 0;
  for await (const chunk of data) {
    length += chunk.length;
    if (size !== undefined && length > size) throw mismatch(`blob ${digest} is longer than its ${size} bytes`);
    hasher.update(chunk);
    yield chunk;
  }
  if (size !== undefined && length < size) throw mismatch(`blob ${digest} ended after ${length} of ${size} bytes`);
  const actual = `${parseDigest(digest).algorithm}:${hasher.digest("hex")}`;
  if (actual !== digest) throw mismatch(`Digest did not match, expected ${digest}, got ${actual}`);
}

function mismatch(message: string): EngineError { return new EngineError("data-loss", message, { reason: "digest-mismatch" }); }

/** Counts and digests what passes; read `result` after the end. */
export class Meter {
  #hasher = new Bun.CryptoHasher("sha256");
  #size = 0;
  async* through(data: ByteStream): ByteStream {
    for await (const chunk of data) {
      this.#size += chunk.length;
      this.#hasher.update(chunk);
      yield chunk;
    }
  }
  /** May be called once. */
  result(): { readonly digest: string; readonly size: number } { return { digest: `sha256:${this.#hasher.digest("hex")}`, size: this.#size }; }
}

/** Everything in memory, at most `limit` bytes. @throws resource-exhausted */
export async function readAll(data: ByteStream, limit: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of data) {
    length += chunk.length;
    if (length > limit) throw new EngineError("resource-exhausted", `${what} is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** One chunk as a stream. */
export async function* streamOf(bytes: Uint8Array): ByteStream { if (bytes.length > 0) yield bytes; }

/** Calls `report` with the running total, at most every `everyMillis`. */
export async function* observed(data: ByteStream, report: (current: number) => void, everyMillis = 100): ByteStream {
  let total = 0;
  let last = 0;
  for await (const chunk of data) {
    total += chunk.length;
    yield chunk;
    const now = performance.now();
    if (now - last >= everyMillis) { last = now; report(total); }
  }
}
