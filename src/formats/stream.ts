/** Bytes in chunks of any size; the same type as the contract's, declared here because formats are below it. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** The first bytes of a stream, as text. The rest is read and dropped: a program that says more is neither stopped by a full pipe nor kept in memory. */
export async function readStart(stream: ByteStream, maxBytes: number): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (size < maxBytes) kept.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
  }
  return Buffer.concat(kept).toString("utf8");
}
