/** Turns work that reports by calling back into an async iterable of items. */
import type { ProgressEvent } from "../contract/kit.ts";

/**
 * Runs `work` and yields what it reports, in order; its failure is thrown after the last item. When the reader stops early the
 * work's signal is aborted and its end awaited, so nothing goes on unseen.
 */
export async function* streamItems<T>(work: (report: (item: T) => void, signal: AbortSignal) => Promise<void>, outer?: AbortSignal): AsyncGenerator<T> {
  const queue: T[] = [];
  const stop = new AbortController();
  let wake = Promise.withResolvers<void>();
  let isDone = false;
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const running = work((item) => { queue.push(item); wake.resolve(); }, signal).finally(() => { isDone = true; wake.resolve(); });
  // The failure is thrown by the last `await running`; without this it could count as unhandled before.
  running.catch(() => { /* see above */ });
  try {
    for (;;) {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) yield item;
      if (isDone) break;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
    await running;
  } finally {
    if (!isDone) { stop.abort(); await running.catch(() => { /* the reader is gone */ }); }
  }
}

/** The first event of each line as text for people; later ones only move a bar. */
export function progressItems<T extends { readonly stream?: string; readonly progress?: ProgressEvent }>(report: (item: T) => void): (event: ProgressEvent) => void {
  const seen = new Set<string>();
  return (event) => {
    const line = `${event.key}\0${event.message}`;
    const isNew = !seen.has(line);
    seen.add(line);
    report({ ...(isNew ? { stream: `${event.message}\n` } : {}), progress: event } as T);
  };
}
