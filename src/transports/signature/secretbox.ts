/** NaCl's secretbox (XSalsa20 and Poly1305), which cosign's private keys are sealed with and no library of the runtime has. Small data only. */
import { timingSafeEqual } from "node:crypto";

const sigma = new Uint32Array(new Uint8Array(Buffer.from("expand 32-byte k")).buffer);
const prime = (1n << 130n) - 5n;

function words(bytes: Uint8Array): Uint32Array {
  const copy = new Uint8Array(bytes);
  return new Uint32Array(copy.buffer);
}
function at(list: Uint32Array, index: number): number { return list[index] ?? 0; }

/** The state's places of key, constants and input (the 16-byte block of nonce and counter). */
function stateOf(key: Uint32Array, input: Uint32Array): Uint32Array {
  const [s, k, n] = [(i: number): number => at(sigma, i), (i: number): number => at(key, i), (i: number): number => at(input, i)];
  return Uint32Array.of(s(0), k(0), k(1), k(2), k(3), s(1), n(0), n(1), n(2), n(3), s(2), k(4), k(5), k(6), k(7), s(3));
}

const columns = [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]] as const;
const rows = [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]] as const;

function quarter(x: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  const turn = (target: number, left: number, right: number, bits: number): void => {
    const sum = (at(x, left) + at(x, right)) >>> 0;
    x[target] = at(x, target) ^ ((sum << bits) | (sum >>> (32 - bits)));
  };
  turn(b, a, d, 7);
  turn(c, b, a, 9);
  turn(d, c, b, 13);
  turn(a, d, c, 18);
}

function rounds(state: Uint32Array): Uint32Array {
  const x = Uint32Array.from(state);
  for (let round = 0; round < 20; round += 2) {
    for (const column of columns) quarter(x, column);
    for (const row of rows) quarter(x, row);
  }
  return x;
}

/** HSalsa20: the key for the rest of the nonce. */
function subkey(key: Uint8Array, nonce: Uint8Array): Uint32Array {
  const x = rounds(stateOf(words(key), words(nonce)));
  return Uint32Array.of(at(x, 0), at(x, 5), at(x, 10), at(x, 15), at(x, 6), at(x, 7), at(x, 8), at(x, 9));
}

/** The first `length` bytes of XSalsa20's stream. */
function keyStream(key: Uint8Array, nonce: Uint8Array, length: number): Uint8Array {
  const inner = subkey(key, nonce.subarray(0, 16));
  const [low = 0, high = 0] = words(nonce.subarray(16, 24));
  const out = new Uint8Array(Math.ceil(length / 64) * 64);
  for (let block = 0; block * 64 < length; block++) {
    const state = stateOf(inner, Uint32Array.of(low, high, block, 0));
    const x = rounds(state);
    out.set(new Uint8Array(x.map((word, index) => word + at(state, index)).buffer), block * 64);
  }
  return out.subarray(0, length);
}

function littleEndian(bytes: Uint8Array): bigint { return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n); }

function poly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  const r = littleEndian(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let start = 0; start < message.length; start += 16) {
    const block = message.subarray(start, start + 16);
    sum = (sum + littleEndian(block) + (1n << BigInt(8 * block.length))) * r % prime;
  }
  let tag = sum + littleEndian(key.subarray(16, 32));
  return Uint8Array.from({ length: 16 }, () => { const byte = Number(tag & 0xffn); tag >>= 8n; return byte; });
}

/** Opens a box (16 bytes of tag, then the text); undefined when key or data are wrong. `key` 32 bytes, `nonce` 24. */
export function openSecretbox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (box.length < 16 || nonce.length !== 24 || key.length !== 32) return undefined;
  const sealed = box.subarray(16);
  const stream = keyStream(key, nonce, 32 + sealed.length);
  if (!timingSafeEqual(poly1305(stream.subarray(0, 32), sealed), box.subarray(0, 16))) return undefined;
  return sealed.map((byte, index) => byte ^ (stream[32 + index] ?? 0));
}
