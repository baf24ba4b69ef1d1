/** A container's log by its driver: what `podman logs` shows. */
import { EngineError } from "../../base/errors.ts";
import { readFileLog } from "./file.ts";
import type { LogLine } from "./line.ts";

export { formatLine, type LineFormat, type LogLine } from "./line.ts";

export interface LogRequest {
  readonly id: string;
  readonly driver: string;
  readonly path: string;
  readonly follow?: boolean;
  /** Lines to begin with; absent or negative: all. */
  readonly tail?: number;
  /** Only lines after, and before, these times (nanoseconds since the epoch). Following ends at `until`. */
  readonly sinceNanos?: bigint;
  readonly untilNanos?: bigint;
  /** When following: resolves when the container has ended. Absent: it has ended already. */
  readonly ended?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

/**
 * Lines in the order they were written. With `follow` it goes on until `ended` (then reads the rest), `untilNanos` or the signal.
 * @throws EngineError failed-precondition with Podman's sentence for drivers that keep nothing
 */
export async function* readLog(request: LogRequest): AsyncGenerator<LogLine> {
  const follow = request.follow === true;
  const timer = untilSignal(request);
  const source = { id: request.id, path: request.path, follow, ended: request.ended ?? Promise.resolve(), signal: timer.signal, ...(request.tail === undefined ? {} : { tail: request.tail }) };
  try {
    for await (const line of lines(request, source)) {
      if (request.sinceNanos !== undefined && line.timeNanos <= request.sinceNanos) continue;
      if (request.untilNanos !== undefined && line.timeNanos >= request.untilNanos) continue;
      yield line;
    }
  } finally { timer.stop(); }
}

type Source = { readonly id: string; readonly path: string; readonly follow: boolean; readonly tail?: number; readonly ended: Promise<unknown>; readonly signal: AbortSignal };

async function* lines({ driver, sinceNanos }: LogRequest, source: Source): AsyncGenerator<LogLine> {
  switch (driver) {
    case "k8s-file": case "json-file": case "": yield* readFileLog(source); break;
    case "journald": {
      const { readJournal } = await import("./journal.ts");
      yield* readJournal({ ...source, ...(sinceNanos === undefined ? {} : { sinceNanos }) });
      break;
    }
    case "none": case "passthrough":
      throw new EngineError("failed-precondition", `this container is using the '${driver}' log driver, cannot read logs: this container is not logging output`);
    default: throw new EngineError("internal", `unrecognized log driver "${driver}", cannot read logs: internal libpod error`);
  }
}

/** Aborts with the caller's signal and, when following, at `untilNanos`. */
function untilSignal({ signal, untilNanos, follow }: LogRequest): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const abort = (): void => { controller.abort(); };
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  const waitMs = untilNanos === undefined || follow !== true ? undefined : Number(untilNanos / 1_000_000n) - Date.now();
  const timer = waitMs === undefined ? undefined : setTimeout(abort, Math.max(0, Math.min(waitMs, 2 ** 31 - 1)));
  return { signal: controller.signal, stop: () => { clearTimeout(timer); signal?.removeEventListener("abort", abort); } };
}
