/**
 * Follows the frames of a zstd stream (RFC 8878) by their lengths alone. The runtime's decoder ends quietly when its input is cut
 * off in the middle of a frame; this notices. Costs a few operations per 128 KiB block.
 */
type Part = "magic" | "skip-size" | "descriptor" | "header" | "block-header" | "payload" | "checksum";

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

export class ZstdFrames {
  private part: Part = "magic";
  /** Bytes that the present part still needs, and its value as far as it has come (little-endian). */
  private left = 4;
  private value = 0;
  private shift = 0;
  private hasChecksum = false;
  private lastBlock = false;
  private started = false;

  /** True between frames: a stream may end here. */
  get atEnd(): boolean { return !this.started; }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      this.started = true;
      if (this.part === "payload" || this.part === "header" || this.part === "checksum") {
        const count = Math.min(this.left, bytes.length - at);
        at += count;
        this.left -= count;
      } else {
        this.value += (bytes[at] ?? 0) * 2 ** this.shift;
        this.shift += 8;
        this.left--;
        at++;
      }
      while (this.left === 0 && this.started) this.next();
    }
  }

  private next(): void {
    const { value } = this;
    this.value = 0;
    this.shift = 0;
    switch (this.part) {
      case "magic":
        // Anything else is the decoder's to refuse.
        if (value === frameMagic) this.expect("descriptor", 1);
        else if (Math.floor(value / 16) === skippableMagic / 16) this.expect("skip-size", 4);
        else this.expect("payload", Number.POSITIVE_INFINITY);
        return;
      case "skip-size":
        this.lastBlock = true;
        this.hasChecksum = false;
        this.expect("payload", value);
        return;
      case "descriptor": this.readDescriptor(value); return;
      case "header": this.expect("block-header", 3); return;
      case "block-header": {
        this.lastBlock = (value & 1) === 1;
        const isRun = ((value >> 1) & 3) === 1;
        this.expect("payload", isRun ? 1 : value >> 3);
        return;
      }
      case "payload":
        if (!this.lastBlock) this.expect("block-header", 3);
        else if (this.hasChecksum) this.expect("checksum", 4);
        else this.endFrame();
        return;
      case "checksum": this.endFrame();
    }
  }

  private readDescriptor(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0;
    this.hasChecksum = (descriptor & 4) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    this.expect("header", (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  }

  private expect(part: Part, bytes: number): void {
    this.part = part;
    this.left = bytes;
  }

  private endFrame(): void {
    this.expect("magic", 4);
    this.started = false;
  }
}
