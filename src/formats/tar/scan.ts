/**
 * The tar reader: chunks in, entries and content out, synchronously, without copying content. Reads V7, POSIX ustar, PAX, GNU
 * and star archives the way Go's archive/tar does (so that we take what Podman takes), and bounds everything it must hold.
 */
import { corruptArchive, hasValidChecksum, isZeroBlock, latin1, typeFlagOffset } from "./fields.ts";
import { readEntry, sizeField, type EntryDraft, type Extensions } from "./header.ts";
import { blockBytes, maxExtensionBytes, maxExtensionsPerEntry, maxSparseRuns } from "./limits.ts";
import { parsePax } from "./pax.ts";
import { checkSparseRuns, readOldRealSize, readOldSparseRuns, readPaxSparse, SparseMapReader } from "./sparse.ts";
import type { SparseRun, TarSink } from "./types.ts";

type State =
  | "header"        // a header block is next
  | "extension"     // content of an x, g, L or K header
  | "old-sparse"    // further runs of an old GNU sparse header
  | "sparse-map"    // the map that leads a format 1.0 sparse file
  | "content"
  | "padding"
  | "end";          // after the trailer: anything goes, nothing is read

/** One archive. Feed every chunk to `push`, then call `finish`. After an error the scanner is not usable. */
export class TarScanner {
  private readonly sink: TarSink;
  private state: State = "header";
  /** Bytes left in the current extension, content or padding. */
  private left = 0;
  private padding = 0;
  /** A block that spans chunks. */
  private readonly partial = new Uint8Array(blockBytes);
  private partialLength = 0;
  private sawZeroBlock = false;
  private extensions: Extensions = {};
  private extensionCount = 0;
  private extensionFlag = "";
  private extension = new Uint8Array(0);
  private draft: EntryDraft | undefined;
  private runs: SparseRun[] = [];
  private mapReader: SparseMapReader | undefined;

  constructor(sink: TarSink) { this.sink = sink; }

  /** True once the two zero blocks of the trailer were read. */
  get ended(): boolean { return this.state === "end"; }

  /** @throws data-loss/corrupt-archive, and whatever the sink throws */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) at = this.step(chunk, at);
  }

  /** @throws data-loss/corrupt-archive when the archive is cut off. A missing trailer or last padding is fine, as in Go. */
  finish(): void {
    const atBoundary = this.state === "end" || this.state === "padding" || (this.state === "header" && this.partialLength === 0);
    if (!atBoundary || this.extensionCount > 0) throw corruptArchive("unexpected end of the archive");
  }

  private step(chunk: Uint8Array, at: number): number {
    switch (this.state) {
      case "content": case "padding": case "extension": return this.stepBytes(chunk, at);
      case "header": case "old-sparse": case "sparse-map": return this.stepBlock(chunk, at);
      case "end":
        this.sink.raw(at === 0 ? chunk : chunk.subarray(at));
        return chunk.length;
    }
  }

  private stepBytes(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.left);
    const bytes = chunk.subarray(at, end);
    if (this.state === "content") this.sink.data(bytes);
    else {
      if (this.state === "extension") this.extension.set(bytes, this.extension.length - this.left);
      this.sink.raw(bytes);
    }
    this.left -= bytes.length;
    if (this.left === 0) this.endBytes();
    return end;
  }

  private endBytes(): void {
    if (this.state === "content") this.sink.endEntry();
    if (this.state === "extension") this.readExtension();
    if (this.state === "padding" || this.padding === 0) { this.state = "header"; return; }
    this.state = "padding";
    this.left = this.padding;
    this.padding = 0;
  }

  private stepBlock(chunk: Uint8Array, at: number): number {
    if (this.partialLength === 0 && chunk.length - at >= blockBytes) {
      this.takeBlock(chunk.subarray(at, at + blockBytes));
      return at + blockBytes;
    }
    const end = Math.min(chunk.length, at + blockBytes - this.partialLength);
    this.partial.set(chunk.subarray(at, end), this.partialLength);
    this.partialLength += end - at;
    if (this.partialLength === blockBytes) {
      this.partialLength = 0;
      this.takeBlock(this.partial);
    }
    return end;
  }

  private takeBlock(block: Uint8Array): void {
    this.sink.raw(block);
    if (this.state === "old-sparse") this.takeOldSparse(block);
    else if (this.state === "sparse-map") this.takeSparseMap(block);
    else this.takeHeader(block);
  }

  private takeHeader(block: Uint8Array): void {
    if (isZeroBlock(block)) {
      if (this.sawZeroBlock) this.state = "end";
      this.sawZeroBlock = true;
      return;
    }
    if (this.sawZeroBlock || !hasValidChecksum(block)) throw corruptArchive("invalid tar header");
    const flag = String.fromCharCode(block[typeFlagOffset] ?? 0);
    if (flag === "x" || flag === "g" || flag === "L" || flag === "K") { this.beginExtension(flag, sizeField(block)); return; }
    const extensions = this.extensions;
    this.extensions = {};
    this.extensionCount = 0;
    const sparse = extensions.pax === undefined ? undefined : readPaxSparse(extensions.pax.values);
    const draft = readEntry(block, extensions, sparse);
    if (flag === "S") { this.beginOldSparse(draft, block); return; }
    if (sparse === undefined || draft.type !== "file") { this.beginContent(draft); return; }
    if (sparse.map !== undefined) { this.beginSparseContent(draft, sparse.map); return; }
    this.draft = draft;
    this.mapReader = new SparseMapReader();
    this.state = "sparse-map";
  }

  private beginExtension(flag: string, size: number): void {
    if (size < 0 || size > maxExtensionBytes) throw corruptArchive("an extended header is longer than 1 MiB");
    if (++this.extensionCount > maxExtensionsPerEntry) throw corruptArchive("too many extended headers before one entry");
    this.extensionFlag = flag;
    this.extension = new Uint8Array(size);
    this.left = size;
    this.padding = paddingOf(size);
    this.state = "extension";
    if (size === 0) this.endBytes();
  }

  private readExtension(): void {
    const bytes = this.extension;
    this.extension = new Uint8Array(0);
    if (this.extensionFlag === "x") this.extensions.pax = parsePax(bytes);
    else if (this.extensionFlag === "g") {
      // Parsed for its faults only; it describes no entry, so an archive may end after it.
      parsePax(bytes);
      this.extensionCount--;
    } else {
      const nul = bytes.indexOf(0);
      const name = latin1(bytes, 0, nul === -1 ? bytes.length : nul);
      // An empty long name says nothing, as in Go.
      if (name === "") return;
      if (this.extensionFlag === "L") this.extensions.longName = name;
      else this.extensions.longLink = name;
    }
  }

  private beginOldSparse(draft: EntryDraft, header: Uint8Array): void {
    this.draft = draft;
    draft.sizeBytes = readOldRealSize(header);
    const { runs, more } = readOldSparseRuns(header, true);
    this.runs = runs;
    if (more) this.state = "old-sparse";
    else this.beginSparseContent(draft, runs);
  }

  private takeOldSparse(block: Uint8Array): void {
    const { runs, more } = readOldSparseRuns(block, false);
    this.runs.push(...runs);
    if (this.runs.length > maxSparseRuns) throw corruptArchive("a sparse map has too many entries");
    if (!more && this.draft !== undefined) this.beginSparseContent(this.draft, this.runs);
  }

  private takeSparseMap(block: Uint8Array): void {
    const { draft, mapReader } = this;
    if (draft === undefined || mapReader === undefined) return;
    draft.storedBytes -= blockBytes;
    // The last block of the map may be longer than the file says: the content cannot be negative.
    if (draft.storedBytes < 0) throw corruptArchive("a sparse map is longer than its file");
    const runs = mapReader.add(block);
    if (runs !== undefined) this.beginSparseContent(draft, runs);
  }

  private beginSparseContent(draft: EntryDraft, runs: readonly SparseRun[]): void {
    // GNU tar ends the list with an empty run at the file's size.
    const data = runs.filter((run) => run.length !== 0);
    checkSparseRuns(runs, draft.sizeBytes, draft.storedBytes);
    draft.sparse = data;
    this.draft = undefined;
    this.mapReader = undefined;
    this.beginContent(draft);
  }

  private beginContent(draft: EntryDraft): void {
    this.sink.entry(draft);
    this.left = draft.storedBytes;
    this.padding = paddingOf(draft.storedBytes);
    this.state = "content";
    if (this.left === 0) this.endBytes();
  }
}

/** Bytes from `size` to the next block boundary. */
export function paddingOf(size: number): number {
  const over = size % blockBytes;
  return over === 0 ? 0 : blockBytes - over;
}
