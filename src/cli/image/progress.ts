/** Progress of image transfers on standard error, from items of a stream or from calls. Nothing with --quiet. */
import type { ProgressEvent } from "../../contract/kit.ts";
import type { Writer } from "../kit/types.ts";
import { progressView, type ProgressItem } from "../progress.ts";

export interface ProgressPrinter {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly item: (item: ProgressItem) => void;
  /** All written; bars are final. */
  finish(): Promise<void>;
}

export function progressPrinter(err: Writer, quiet: boolean): ProgressPrinter {
  if (quiet) return { onProgress: () => { /* quiet */ }, item: () => { /* quiet */ }, finish: async () => { /* nothing */ } };
  const view = progressView(err);
  const said = new Set<string>();
  // Calls do not wait; writes follow each other. A reader that went away is not our failure.
  let last: Promise<unknown> = Promise.resolve();
  const item = (shown: ProgressItem): void => { last = last.then(() => view.show(shown)).catch(() => { /* standard error is closed */ }); };
  return {
    item,
    onProgress: (progress) => {
      const isNew = !said.has(progress.message);
      said.add(progress.message);
      item({ progress, ...(isNew ? { stream: `${progress.message}\n` } : {}) });
    },
    finish: async () => { await last; await view.end(); },
  };
}
