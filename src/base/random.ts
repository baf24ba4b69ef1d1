/** Random bytes and numbers from the kernel's generator. Not `node:crypto`: that brings Node's streams with it, some ms at every start. */

/** At most 65536 bytes. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Two hex digits per byte. */
export function randomHex(bytes: number): string {
  return Buffer.from(randomBytes(bytes).buffer).toString("hex");
}

/** 0 ≤ n < `below`, which is at most 2^47: far below the 2^53 that are drawn from, so that no number is noticeably likelier. */
export function randomInt(below: number): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return ((high & 0x1f_ffff) * 2 ** 32 + low) % below;
}
