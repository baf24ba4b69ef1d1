/** Compression formats of layers and archives, told apart by their first bytes. */
import type { ByteStream } from "../stream.ts";

export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b, 0x08]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];
/** Bytes that `detectCompression` looks at. A zstd stream may also begin with a skippable frame (zstd:chunked never does). */
export const magicBytes = 6;

/** `start`: the first `magicBytes` bytes or all there are. Anything unknown, and nothing at all, is "none". */
export function detectCompression(start: Uint8Array): Compression {
  for (const [name, magic] of magics) if (magic.every((byte, at) => start[at] === byte)) return name;
  return "none";
}

/** Reads just enough to detect, and gives back a stream that begins at the beginning. Consume the stream once. */
export async function peekCompression(source: ByteStream): Promise<{ readonly compression: Compression; readonly stream: ByteStream }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let done = false;
  while (length < magicBytes && !done) {
    const next = await iterator.next();
    if (next.done === true) { done = true; continue; }
    // The source may reuse its buffer at the next read.
    first.push(next.value.slice());
    length += next.value.length;
  }
  return { compression: detectCompression(Buffer.concat(first)), stream: rejoin(first, iterator, done) };
}

async function* rejoin(first: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>, done: boolean): AsyncGenerator<Uint8Array> {
  let ended = done;
  try {
    yield* first;
    while (!ended) {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else yield next.value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}
