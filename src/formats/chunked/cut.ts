/**
 * Where a file's content is cut into chunks: after a byte at which the rolling sum over the last 64 bytes has its 16 low bits set
 * (bup's sum), and around runs of zeros. The same content gives the same chunks wherever it stands, and as in containers/storage,
 * whose layers then share chunks with ours.
 */
const windowBytes = 64;
const windowMask = windowBytes - 1;
const characterOffset = 31;
const splitMask = (1 << 16) - 1;
const holeBytes = 1024;

/** `data` is valid during the call. `endChunk` comes after at least one byte. */
export interface CutSink { data(bytes: Uint8Array): void; zeros(count: number): void; endChunk(isZeros: boolean): void }

const bufferBytes = 1 << 16;

/** One file. */
export class Cutter {
  readonly #sink: CutSink;
  readonly #window = new Uint8Array(windowBytes);
  readonly #buffer = new Uint8Array(bufferBytes);
  #first = windowBytes * characterOffset;
  #second = windowBytes * (windowBytes - 1) * characterOffset;
  #at = 0;
  /** Zeros that may become a hole. */
  #zeros = 0;
  #used = 0;
  #isOpen = false;

  constructor(sink: CutSink) { this.#sink = sink; }

  push(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (byte === 0) { this.#zeros++; continue; }
      if (this.#zeros > 0) this.#settleZeros();
      this.#add(byte);
    }
  }

  end(): void {
    this.#settleZeros();
    this.#endChunk(false);
  }

  #settleZeros(): void {
    const count = this.#zeros;
    this.#zeros = 0;
    if (count < holeBytes) {
      for (let done = 0; done < count; done++) this.#add(0);
      return;
    }
    this.#endChunk(false);
    // After a window of zeros the sum's first half stays, so the rest could be computed; holes are too short for that to matter.
    for (let done = 0; done < count; done++) this.#roll(0);
    this.#sink.zeros(count);
    this.#isOpen = true;
    this.#endChunk(true);
  }

  #add(byte: number): void {
    this.#buffer[this.#used++] = byte;
    this.#roll(byte);
    if ((this.#second & splitMask) === splitMask) this.#endChunk(false);
    else if (this.#used === bufferBytes) this.#flush();
  }

  #roll(byte: number): void {
    const drop = this.#window[this.#at] ?? 0;
    this.#window[this.#at] = byte;
    this.#at = (this.#at + 1) & windowMask;
    this.#first = (this.#first + byte - drop) | 0;
    this.#second = (this.#second + this.#first - windowBytes * (drop + characterOffset)) | 0;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#sink.data(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
    this.#isOpen = true;
  }

  #endChunk(isZeros: boolean): void {
    this.#flush();
    if (this.#isOpen) this.#sink.endChunk(isZeros);
    this.#isOpen = false;
  }
}
