/** Reads a k8s-file log, follows it while the container lives, and goes on in the new file when conmon has rotated it. */
import { closeSync, fstatSync, openSync, readSync, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isErrno } from "../../base/errors.ts";
import { parseLine, type LogLine } from "./line.ts";
import { tailOffset } from "./tail.ts";

const blockBytes = 64 * 1024;
const newline = 0x0a;
/** conmon cuts at 8 KiB; a longer "line" is damage and is skipped. */
const maxLineBytes = 1024 * 1024;

export interface FileLog {
  readonly path: string;
  readonly follow: boolean;
  /** Number of lines to begin with; all when absent. */
  readonly tail?: number;
  /** When following: resolves when no more will be written (the container ended). */
  readonly ended?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** Lines in order. A missing file is an empty log. */
export async function* readFileLog(request: FileLog): AsyncGenerator<LogLine> {
  let fd = open(request.path);
  if (fd === undefined) return;
  const changes = request.follow ? watchFile(request) : undefined;
  const splitter = createSplitter();
  try {
    let offset = startOffset(fd, request.tail);
    for (;;) {
      const block = Buffer.alloc(blockBytes);
      const size = readSync(fd, block, 0, blockBytes, offset);
      offset += size;
      if (size > 0) { yield* splitter.lines(block.subarray(0, size)); continue; }
      if (changes === undefined) break;
      const next = reopened(request.path, fd);
      if (next !== undefined) {
        closeSync(fd);
        [fd, offset] = [next, 0];
        continue;
      }
      if (offset > fstatSync(fd).size) { offset = 0; continue; }
      // `ended` was seen before this read found nothing: the rest is complete.
      if (changes.isDone()) break;
      await changes.wait();
    }
    yield* splitter.rest();
  } finally {
    changes?.close();
    closeSync(fd);
  }
}

function open(path: string): number | undefined {
  try { return openSync(path, "r"); } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function startOffset(fd: number, tail: number | undefined): number {
  if (tail === undefined || tail < 0) return 0;
  const { size } = fstatSync(fd);
  return tail === 0 ? size : tailOffset(fd, size, tail, (line) => parseLine(line)?.isPartial === true);
}

/** Another file took the name. */
function reopened(path: string, fd: number): number | undefined {
  try {
    if (statSync(path).ino === fstatSync(fd).ino) return undefined;
    return openSync(path, "r");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

interface Changes { isDone(): boolean; wait(): Promise<void>; close(): void }

/** Watches the directory, because a rotated log is a new file of the same name. */
function watchFile({ path, ended, signal }: FileLog): Changes {
  const name = basename(path);
  let isDone = signal?.aborted ?? false;
  let isChanged = false;
  let wake: (() => void) | undefined;
  const notify = (): void => { isChanged = true; wake?.(); };
  const finish = (): void => { isDone = true; notify(); };
  const watcher = watch(dirname(path), (_, changed) => { if (changed === name) notify(); });
  ended?.then(finish, finish);
  signal?.addEventListener("abort", finish, { once: true });
  return {
    isDone: () => isDone && (signal?.aborted === true || !isChanged),
    wait: async () => {
      if (!isChanged) await new Promise<void>((resolve) => { wake = resolve; });
      isChanged = false;
    },
    close: () => { watcher.close(); signal?.removeEventListener("abort", finish); },
  };
}

interface Splitter { lines(block: Uint8Array): Generator<LogLine>; rest(): Generator<LogLine> }

function createSplitter(): Splitter {
  let pending: Uint8Array = new Uint8Array();
  return {
    *lines(block) {
      const data = pending.length === 0 ? block : Buffer.concat([pending, block]);
      let start = 0;
      for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline, start)) {
        const line = parseLine(data.subarray(start, end));
        start = end + 1;
        if (line !== undefined) yield line;
      }
      pending = data.length - start > maxLineBytes ? new Uint8Array() : data.slice(start);
    },
    /** A last line without its end, from a log that was cut. */
    *rest() {
      const line = parseLine(pending);
      if (line !== undefined) yield line;
    },
  };
}
