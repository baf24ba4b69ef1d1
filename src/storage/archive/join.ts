/** Joins small pieces of a stream, so that receivers do not work 512 bytes at a time. Large pieces pass as they are. */
const joinBelowBytes = 64 << 10;

export class Joiner {
  private parts: Uint8Array[] = [];
  private length = 0;

  /** `bytes` must stay unchanged until given out. */
  *add(bytes: Uint8Array): Generator<Uint8Array> {
    if (bytes.length >= joinBelowBytes) {
      yield* this.rest();
      yield bytes;
      return;
    }
    this.parts.push(bytes);
    this.length += bytes.length;
    if (this.length >= joinBelowBytes) yield* this.rest();
  }

  *rest(): Generator<Uint8Array> {
    if (this.length === 0) return;
    const all = Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    yield all;
  }
}
