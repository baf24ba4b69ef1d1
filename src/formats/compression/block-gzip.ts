/**
 * gzip on all processors. The stream is cut into blocks that are compressed on their own and follow each other as members
 * (RFC 1952, 2.2), which every reader takes for one stream; eStargz images have always been like that. Cutting costs 0.2 % of size.
 */
import type { ByteStream } from "../stream.ts";
import { gzipBlock, type GzipLevel } from "./gzip-block.ts";
import { joinChunks } from "./transform.ts";

declare const GZIP_WORKER: string;

const blockBytes = 1 << 20;
const maxWorkers = 4;
/** Blocks that are read ahead of the one that is waited for, per stream. */
const blocksAhead = 2;

/** Deterministic, whatever the number of processors. A stream of one block starts no thread. */
export async function* blockGzip(source: ByteStream, level: GzipLevel): AsyncGenerator<Uint8Array> {
  const blocks = joinChunks(source, blockBytes);
  const first = await blocks.next();
  const second = first.done === true ? first : await blocks.next();
  if (second.done === true) { yield gzipBlock(first.value ?? new Uint8Array(), level); return; }
  const workers = GzipWorkers.shared();
  const pending: Promise<Uint8Array>[] = [];
  const begin = (block: Uint8Array): void => {
    const member = workers.compress(block, level);
    // Those that nobody waits for any more may fail unseen.
    member.catch(() => { /* the one that is waited for tells */ });
    pending.push(member);
  };
  try {
    begin(first.value);
    begin(second.value);
    for await (const block of blocks) {
      begin(block);
      while (pending.length > blocksAhead) yield await (pending.shift() as Promise<Uint8Array>);
    }
    for (const member of pending) yield await member;
  } finally {
    workers.release();
    await blocks.return(undefined);
  }
}

interface Job { readonly block: Uint8Array; readonly level: GzipLevel; readonly resolve: (member: Uint8Array) => void; readonly reject: (error: unknown) => void }

/** Threads that all streams of the process share. They are started when there is work for one more, and end with the last stream. */
class GzipWorkers {
  static #shared: GzipWorkers | undefined;
  readonly #limit = Math.min(maxWorkers, navigator.hardwareConcurrency);
  readonly #all = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #waiting: Job[] = [];
  #users = 0;

  static shared(): GzipWorkers {
    const workers = this.#shared ??= new GzipWorkers();
    workers.#users++;
    return workers;
  }

  release(): void {
    if (--this.#users > 0) return;
    GzipWorkers.#shared = undefined;
    for (const worker of this.#all) worker.terminate();
  }

  compress(block: Uint8Array, level: GzipLevel): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#waiting.push({ block, level, resolve, reject });
    if (this.#idle.length === 0 && this.#all.size < this.#limit) this.#start();
    this.#dispatch();
    return promise;
  }

  #start(): void {
    const worker = new Worker(typeof GZIP_WORKER === "undefined" ? new URL("./gzip-worker.ts", import.meta.url).href : GZIP_WORKER, { smol: true });
    this.#all.add(worker);
    this.#idle.push(worker);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop();
      const job = worker === undefined ? undefined : this.#waiting.shift();
      if (worker === undefined || job === undefined) return;
      worker.onmessage = ({ data }: MessageEvent<Uint8Array>) => { this.#idle.push(worker); job.resolve(data); this.#dispatch(); };
      worker.onerror = ({ message }) => { this.#all.delete(worker); worker.terminate(); job.reject(new Error(`gzip: ${message}`)); this.#dispatch(); };
      worker.postMessage({ block: job.block, level: job.level }, [job.block.buffer as ArrayBuffer]);
    }
  }
}
