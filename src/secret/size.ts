import { EngineError } from "../base/errors.ts";

/** Podman's limit: smaller than this. */
const maxSecretBytes = 512_000;

/** All of a stream. @throws invalid-argument when it is too large */
export async function readSecretStream(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size >= maxSecretBytes) throw badSize();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export const badSize = (): EngineError => new EngineError("invalid-argument", `secret data must be larger than 0 and less than ${maxSecretBytes} bytes`);
