/** Makes tar-split data while an archive streams by: gzip of the JSON lines, compressed off this thread. */
import { createGzip, constants, type Gzip } from "node:zlib";
import { EngineError } from "../../base/errors.ts";
import { Crc64 } from "./crc64.ts";
import { encodeTarSplit } from "./entry.ts";

/** Raw bytes longer than this become several segments, so that a reader of the file needs no more at a time. */
const maxSegmentBytes = 1 << 20;
/** Lines are handed to the compressor in pieces of about this length. */
const batchLength = 1 << 19;
/** Text waiting for the compressor. */
const maxPendingBytes = 8 << 20;

/**
 * Order of calls: `raw` for archive bytes; for each entry `begin`, its content by `content`, then `end`.
 * Content of an entry begun with `keptOnDisk` false (nothing on disk to read it from) becomes segments.
 */
export class TarSplitRecorder {
  private readonly gzip: Gzip;
  private readonly output: Buffer[] = [];
  private compressedBytes = 0;
  private readonly done: Promise<void>;
  private lines: string[] = [];
  private linesLength = 0;
  private position = 0;
  private segment: Uint8Array[] = [];
  private segmentBytes = 0;
  private readonly names = new Set<string>();
  private file: { readonly rawName: string; readonly crc: Crc64; sizeBytes: number } | undefined;

  constructor() {
    // The level containers/storage uses: headers shrink tenfold even so.
    this.gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 1 << 18 });
    this.gzip.on("data", (chunk: Buffer) => { this.output.push(chunk); this.compressedBytes += chunk.length; });
    this.done = new Promise((resolve, reject) => { this.gzip.on("end", resolve).on("error", reject); });
    // `finish` awaits it; an archive that fails before never does.
    this.done.catch(() => undefined);
  }

  raw(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += maxSegmentBytes) {
      if (this.segmentBytes + bytes.length > maxSegmentBytes) this.flushSegment();
      // The caller's chunk is reused after this call.
      const part = bytes.slice(at, at + maxSegmentBytes);
      this.segment.push(part);
      this.segmentBytes += part.length;
    }
  }

  /** `cleanName`: the name in its shortest form, for the check on duplicates. @throws data-loss/corrupt-archive for a duplicate */
  begin(rawName: string, cleanName: string, keptOnDisk: boolean): void {
    // The second file would be read back in place of the first one. Podman refuses such archives with these words.
    if (this.names.has(cleanName)) throw new EngineError("data-loss", "duplicates of file paths not supported", { reason: "corrupt-archive" });
    this.names.add(cleanName);
    this.flushSegment();
    if (keptOnDisk) this.file = { rawName, crc: new Crc64(), sizeBytes: 0 };
    else this.write(encodeTarSplit({ kind: "file", rawName, sizeBytes: 0 }, this.position));
  }

  content(bytes: Uint8Array): void {
    if (this.file === undefined) { this.raw(bytes); return; }
    this.file.crc.update(bytes);
    this.file.sizeBytes += bytes.length;
  }

  end(): void {
    if (this.file === undefined) return;
    const { rawName, crc, sizeBytes } = this.file;
    this.file = undefined;
    this.write(encodeTarSplit({ kind: "file", rawName, sizeBytes, ...(sizeBytes === 0 ? {} : { crc: crc.digest() }) }, this.position));
  }

  /** The file's content. Call once, after the archive's last byte. */
  async finish(): Promise<Uint8Array> {
    this.flushSegment();
    this.flushLines();
    this.gzip.end();
    await this.done;
    return Buffer.concat(this.output);
  }

  /** Frees the compressor of an archive that failed. Harmless after `finish`. */
  discard(): void { this.gzip.destroy(); }

  /** Compressed bytes so far. */
  get outputBytes(): number { return this.compressedBytes; }

  /** Waits while the compressor is far behind. Call now and then. */
  async settle(): Promise<void> {
    if (this.gzip.writableLength < maxPendingBytes) return;
    await new Promise<void>((resolve) => { this.gzip.once("drain", resolve); });
  }

  private flushSegment(): void {
    if (this.segmentBytes === 0) return;
    const [first] = this.segment;
    const bytes = this.segment.length === 1 && first !== undefined ? first : Buffer.concat(this.segment);
    this.segment = [];
    this.segmentBytes = 0;
    this.write(encodeTarSplit({ kind: "segment", bytes }, this.position));
  }

  private write(line: string): void {
    this.position++;
    this.lines.push(line);
    this.linesLength += line.length;
    if (this.linesLength > batchLength) this.flushLines();
  }

  private flushLines(): void {
    if (this.lines.length === 0) return;
    this.gzip.write(this.lines.join(""));
    this.lines = [];
    this.linesLength = 0;
  }
}
