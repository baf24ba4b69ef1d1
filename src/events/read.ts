/** Reading events: what is in the log, then what is added, pushed by the file system and not by a clock. */
import { existsSync, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { CallOptions } from "../contract/kit.ts";
import type { EventRecord } from "../contract/types/event.ts";
import type { EngineContext } from "../engine/context.ts";
import { watchOnce } from "../sys/index.ts";
import { decodeLine } from "./encode.ts";

const chunkBytes = 64 * 1024;
/** A line is one event; with the inspect data of a container it may be large. Longer ones are damage. */
const maxLineBytes = 4 * 1024 * 1024;

export interface ReadOptions extends CallOptions {
  /** Skip what is there already. */
  readonly fromNow: boolean;
  readonly follow: boolean;
}

/** Events of the file, in order. A missing file is an empty log. Goes on in the new file when the log was shortened. */
export async function* readEventFile(context: EngineContext, { fromNow, follow, signal }: ReadOptions): AsyncGenerator<EventRecord> {
  const path = context.config.paths.eventsFile;
  const directory = dirname(path);
  if (follow) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => { aborted.resolve(); };
  signal?.addEventListener("abort", onAbort, { once: true });
  const tail = new Tail(path);
  try {
    if (fromNow) await tail.skip();
    for (;;) {
      // Made before the look, so that what comes meanwhile is not missed. Not fs.watch, which joins changes that follow each other closely.
      const watch = follow ? await watchOnce(directory) : undefined;
      try {
        for await (const line of tail.lines()) {
          const event = decodeLine(line);
          if (event !== undefined) yield event;
        }
        if (watch === undefined || signal?.aborted === true) return;
        await Promise.race([watch.changed, aborted.promise]);
      } finally { watch?.close(); }
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await tail.close();
  }
}

/** The position in a file that grows, and that another file may take the name of. */
class Tail {
  readonly #path: string;
  #file: Awaited<ReturnType<typeof open>> | undefined;
  #inode = 0;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) { this.#path = path; }

  async skip(): Promise<void> {
    if (await this.#openFile()) this.#offset = (await this.#file?.stat())?.size ?? 0;
  }

  async *lines(): AsyncGenerator<string> {
    if (!await this.#openFile()) return;
    yield* this.#readOn();
    // The log was shortened: the new file holds the newer half, of which the last part is unread.
    const before = this.#inode;
    const lastLine = this.#lastLine;
    await this.#reopenIfReplaced();
    if (this.#inode === before) return;
    const kept: string[] = [];
    for await (const line of this.#readOn()) kept.push(line);
    // Not in it any more: then all of it is unread.
    yield* kept.slice(kept.lastIndexOf(lastLine) + 1);
  }

  #lastLine = "";

  async *#readOn(): AsyncGenerator<string> {
    for (;;) {
      const chunk = Buffer.alloc(chunkBytes);
      const { bytesRead } = await this.#file?.read(chunk, 0, chunkBytes, this.#offset) ?? { bytesRead: 0 };
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(0, bytesRead)]);
      for (let end = this.#rest.indexOf(0x0a); end !== -1; end = this.#rest.indexOf(0x0a)) {
        const line = this.#rest.subarray(0, end).toString("utf8");
        this.#rest = this.#rest.subarray(end + 1);
        this.#lastLine = line;
        yield line;
      }
      if (this.#rest.length > maxLineBytes) this.#rest = Buffer.alloc(0);
    }
  }

  async #openFile(): Promise<boolean> {
    if (this.#file !== undefined) return true;
    if (!existsSync(this.#path)) return false;
    this.#file = await open(this.#path, "r");
    this.#inode = (await this.#file.stat()).ino;
    return true;
  }

  async #reopenIfReplaced(): Promise<void> {
    const next = await open(this.#path, "r").catch(() => undefined);
    if (next === undefined) return;
    const { ino } = await next.stat();
    if (ino === this.#inode) { await next.close(); return; }
    await this.#file?.close();
    [this.#file, this.#inode, this.#offset, this.#rest] = [next, ino, 0, Buffer.alloc(0)];
  }

  async close(): Promise<void> { await this.#file?.close(); }
}
