/**
 * CRC-64/GO-ISO: what tar-split records of each file. The polynomial x^64+x^4+x^3+x+1 is so sparse that 32 bits are folded in
 * with three shifts instead of table look-ups (1.5 GB/s in this runtime).
 */

/** Running checksum. */
export class Crc64 {
  /** Reflected register, inverted: `low` holds the bits that leave first. */
  private low = -1;
  private high = -1;

  update(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const wholeWords = bytes.length & ~3;
    let low = this.low;
    let high = this.high;
    for (let at = 0; at < wholeWords; at += 4) {
      const out = low ^ view.getInt32(at, true);
      low = high ^ (out << 31) ^ (out << 29) ^ (out << 28);
      high = out ^ (out >>> 1) ^ (out >>> 3) ^ (out >>> 4);
    }
    for (let at = wholeWords; at < bytes.length; at++) {
      // The same with 8 bits: they leave at the bottom and come back at the top, and no shift takes them out of the high word.
      const out = (low ^ (bytes[at] ?? 0)) & 0xff;
      low = (low >>> 8) | (high << 24);
      high = (high >>> 8) ^ (out << 24) ^ (out << 23) ^ (out << 21) ^ (out << 20);
    }
    this.low = low;
    this.high = high;
  }

  /** Eight bytes, big-endian, as tar-split stores them. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, ~this.high);
    view.setInt32(4, ~this.low);
    return bytes;
  }
}
