/** A wait that ends early, and without an error, when the caller gives up. */
export async function pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, millis);
  signal?.addEventListener("abort", () => { resolve(); }, { once: true });
  try { if (signal?.aborted !== true) await promise; } finally { clearTimeout(timer); }
}
