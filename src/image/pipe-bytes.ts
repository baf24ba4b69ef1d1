/** Turns code that writes into a byte stream with one chunk in flight: the writer waits for the reader. */
import type { ByteStream } from "../contract/kit.ts";

/** When the reader stops early, the next write rejects, and the work's end is awaited. */
export async function* pipeBytes(work: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>): ByteStream {
  let waiting: { readonly chunk: Uint8Array; readonly taken: PromiseWithResolvers<void> } | undefined;
  let arrived = Promise.withResolvers<void>();
  let isDone = false;
  let isStopped = false;
  const write = async (chunk: Uint8Array): Promise<void> => {
    if (isStopped) throw new Error("the reader went away");
    const taken = Promise.withResolvers<void>();
    waiting = { chunk, taken };
    arrived.resolve();
    await taken.promise;
  };
  const running = work(write).finally(() => { isDone = true; arrived.resolve(); });
  running.catch(() => { /* thrown by the await below */ });
  try {
    for (;;) {
      await arrived.promise;
      arrived = Promise.withResolvers<void>();
      const current: typeof waiting = waiting;
      if (current !== undefined) {
        yield current.chunk;
        waiting = undefined;
        current.taken.resolve();
      } else if (isDone) break;
      if (isDone && waiting === undefined) break;
    }
    await running;
  } finally {
    isStopped = true;
    waiting?.taken.reject(new Error("the reader went away"));
    if (!isDone) await running.catch(() => { /* nobody reads */ });
  }
}
