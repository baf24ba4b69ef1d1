/** DER (X.690) as far as certificates and CMS messages need it: definite lengths, tags of one byte. Pure. */
import { EngineError } from "../base/errors.ts";

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}
export const derTags = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30, set: 0x31, context0: 0xa0 } as const;

const bad = (why: string): EngineError => new EngineError("invalid-argument", `DER: ${why}`);

/** The values one after the other. @throws invalid-argument when the data do not end with one */
export function readDer(bytes: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const { start, length } = readLength(bytes, at + 1);
    if (start + length > bytes.length) throw bad("a value goes beyond the end");
    values.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return values;
}

function readLength(bytes: Uint8Array, at: number): { readonly start: number; readonly length: number } {
  const first = bytes[at];
  if (first === undefined || first === 0x80) throw bad("a length is missing");
  if (first < 0x80) return { start: at + 1, length: first };
  const count = first & 0x7f;
  if (count > 4 || at + 1 + count > bytes.length) throw bad("a length is too long");
  let length = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + count)) length = length * 256 + byte;
  return { start: at + 1 + count, length };
}

/** The parts of a value. @throws invalid-argument for one with another tag */
export function partsOf(value: DerValue | undefined, tag: number): readonly DerValue[] {
  if (value?.tag !== tag) throw bad(`expected tag ${tag}, found ${value === undefined ? "nothing" : value.tag}`);
  return readDer(value.content);
}

export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const size = content.length < 0x80 ? Buffer.from([content.length]) : longLength(content.length);
  return Buffer.concat([Buffer.from([tag]), size, content]);
}
function longLength(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** `1.2.840…` as a value. */
export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let more = Math.floor(part / 128); more > 0; more = Math.floor(more / 128)) groups.unshift((more & 0x7f) | 0x80);
    return groups;
  });
  return writeDer(derTags.oid, Buffer.from(bytes));
}
export function isOid(value: DerValue | undefined, text: string): boolean { return value !== undefined && Buffer.from(value.whole).equals(Buffer.from(derOid(text))); }
export function derNumber(value: number): Uint8Array { return writeDer(derTags.integer, Buffer.from([value])); }
