/** Unpacks a tar stream into a directory. */
import { EngineError, isErrno, within } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { TarScanner } from "../../formats/tar/scan.ts";
import { textOf } from "../../formats/tar/fields.ts";
import type { TarEntry, TarSink } from "../../formats/tar/types.ts";
import { maxBusyMillis, maxLayerBytes, maxLayerEntries } from "./limits.ts";
import { cleanPath } from "./paths.ts";
import { withFileIds } from "../../sys/index.ts";
import { LayerWriter } from "./place.ts";
import type { CopyRules, ExtractOptions } from "./types.ts";

/** Sees the archive beside the extraction: tar-split, digests, owner lists. */
export interface LayerObserver {
  chunk?(bytes: Uint8Array): void;
  raw?(bytes: Uint8Array): void;
  /** `keptOnDisk`: the content can be read at its name afterwards. Before anything of it is written. */
  entry?(entry: TarEntry, cleanName: string, keptOnDisk: boolean): void;
  data?(bytes: Uint8Array): void;
  endEntry?(): void;
  /** Between chunks; may wait. */
  settle?(): Promise<void>;
}

/**
 * Unpacks an uncompressed tar into the open directory, as containers/storage does: owners mapped, modes, times, attributes,
 * links, devices, whiteouts, sparse files. Nothing outside of the directory is touched whatever the archive says. On an error
 * what was unpacked so far stays; the caller removes the directory. Reads the source to its end.
 * @throws data-loss/corrupt-archive, resource-exhausted (limits, disk-full), invalid-argument (unmapped owner), and the source's errors
 */
export async function extractLayer(rootFd: number, source: ByteStream, options: ExtractOptions, observer: LayerObserver = {}): Promise<{ readonly sizeBytes: number }> {
  using writer = new LayerWriter(rootFd, options);
  const sink = new ExtractSink(writer, observer, options);
  const scanner = new TarScanner(sink);
  const maxBytes = options.limits?.maxTarBytes ?? maxLayerBytes;
  let sizeBytes = 0;
  let since = performance.now();
  for await (const chunk of source) {
    for (const part of parts(chunk)) {
      options.signal?.throwIfAborted();
      sizeBytes += part.length;
      if (sizeBytes > maxBytes) throw new EngineError("resource-exhausted", `layer is larger than the limit of ${maxBytes} bytes`);
      observer.chunk?.(part);
      scanner.push(part);
      await observer.settle?.();
      collectNow(part.length);
      if (performance.now() - since < maxBusyMillis) continue;
      await new Promise<void>((resolve) => { setImmediate(resolve); });
      since = performance.now();
    }
  }
  scanner.finish();
  writer.finish();
  return { sizeBytes };
}

/** All layers of the process together. */
let uncollectedBytes = 0;
const collectAfterBytes = 16 << 20;
/** The collector lets the heap grow by the machine's memory, and every chunk is garbage soon: it is told when there is enough of it. */
function collectNow(bytes: number): void {
  uncollectedBytes += bytes;
  if (uncollectedBytes < collectAfterBytes) return;
  uncollectedBytes = 0;
  Bun.gc(true);
}

/** Bounds the synchronous work on a large chunk. */
const partBytes = 1 << 20;
function* parts(chunk: Uint8Array): Generator<Uint8Array> {
  if (chunk.length <= partBytes) yield chunk;
  else for (let at = 0; at < chunk.length; at += partBytes) yield chunk.subarray(at, at + partBytes);
}

class ExtractSink implements TarSink {
  private readonly writer: LayerWriter;
  private readonly observer: LayerObserver;
  private readonly maxEntries: number;
  private readonly copy: CopyRules | undefined;
  private entries = 0;
  private current: TarEntry | undefined;

  constructor(writer: LayerWriter, observer: LayerObserver, { limits, copy }: ExtractOptions) {
    this.writer = writer;
    this.observer = observer;
    this.maxEntries = limits?.maxEntries ?? maxLayerEntries;
    this.copy = copy;
  }

  raw(bytes: Uint8Array): void { this.observer.raw?.(bytes); }

  entry(entry: TarEntry): void {
    if (++this.entries > this.maxEntries) throw new EngineError("resource-exhausted", `layer has more than ${this.maxEntries} entries`);
    this.current = entry;
    const cleanName = this.copy === undefined ? cleanPath(entry.rawName) : this.copy.place(entry.rawName);
    this.writer.beforeEntry();
    const begin = (): boolean => this.writer.begin(entry, cleanName);
    const makeAs = this.copy?.makeAs;
    const keptOnDisk = this.attempt(makeAs === undefined ? begin : () => withFileIds(makeAs.uid, makeAs.gid, begin));
    this.observer.entry?.(entry, cleanName, keptOnDisk);
  }

  data(bytes: Uint8Array): void {
    this.attempt(() => { this.writer.content(bytes); });
    this.observer.data?.(bytes);
  }

  endEntry(): void {
    this.attempt(() => { this.writer.end(); });
    this.observer.endEntry?.();
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw describe(this.copy === undefined ? `extract "${this.current?.name ?? ""}"` : `error creating "/${textOf(this.copy.place(this.current?.rawName ?? ""))}"`, error);
    }
  }
}

function describe(action: string, error: unknown): EngineError {
  const full = within(action, error);
  if (!isErrno(error, "ENOSPC", "EDQUOT")) return full;
  return new EngineError("resource-exhausted", full.message, { reason: "disk-full", cause: error, hint: "free space on the file system of the graph root" });
}
