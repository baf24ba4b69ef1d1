/** A byte stream as the body of a request. */
import type { ByteStream } from "../contract/kit.ts";

/** Pulls one chunk at a time, so that a slow registry slows the producer. */
export function toReadable(data: ByteStream): ReadableStream<Uint8Array> {
  const iterator = data[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done === true) controller.close(); else controller.enqueue(next.value);
      } catch (error) { controller.error(error); }
    },
    async cancel() { await iterator.return?.(); },
  }, { highWaterMark: 0 });
}
